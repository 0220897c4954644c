#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <thread>

#include "executor/schedule/runner.h"
#include "tests/support/fake_server.h"
#include "tests/support/planned.h"
#include "tests/support/temp_folder.h"

namespace executor::schedule {
namespace {

using namespace std::chrono_literals;

std::string scenarios(int count, const std::string& tags = "") {
  std::string text = "Feature: f\n";
  for (int i = 0; i < count; ++i)
    text += tags + " Scenario: s\n  When the 'w' process writes\n  Then the 'r' process reads\n";
  return text;
}

/// What a test learns of a run: the most cases that were in a step at once, and each case's report.
struct Ran {
  explicit Ran(const std::string& text) : planned(text, tests::one_platform()) {
    options.artifacts = folder.path();
  }

  void run() {
    run_plan(planned.plan, options, sites, id, cancellation, events);
    for (auto& event : events.drain()) {
      if (const auto* started = std::get_if<model::CaseStarted>(&event)) begun.push_back(started->index);
      if (auto* finished = std::get_if<model::CaseFinished>(&event))
        reports.emplace(finished->index, std::move(finished->report));
    }
  }
  /// Every step of `process` holds on until as many are in one as there can be, or for a while.
  void meet_in_steps(const std::string& process, std::size_t cases, int expected) {
    for (std::size_t i = 0; i < cases; ++i) {
      tests::Behaviour behaviour;
      behaviour.answer = [this, expected](const std::string& method, const std::string&) {
        if (method == "executeStep") meet(expected);
        return std::optional<std::string>("");
      };
      sites.behaviours[process].push_back(behaviour);
    }
  }
  void meet(int expected) {
    const int now = ++in_step;
    int most = most_in_step;
    while (now > most && !most_in_step.compare_exchange_weak(most, now)) continue;
    const auto patience = std::chrono::steady_clock::now() + 200ms;
    while (most_in_step < expected && std::chrono::steady_clock::now() < patience) std::this_thread::yield();
    --in_step;
  }
  [[nodiscard]] std::size_t passed() const {
    return static_cast<std::size_t>(std::count_if(reports.begin(), reports.end(), [](const auto& report) {
      return model::is_passed(report.second.outcome);
    }));
  }

  tests::PlannedText planned;
  tests::TempFolder folder;
  tests::FakeSites sites;
  Options options;
  model::RunId id{"run"};
  Cancellation cancellation;
  EventQueue events;
  std::map<std::size_t, model::CaseReport> reports;
  std::vector<std::size_t> begun;
  std::atomic<int> in_step{0};
  std::atomic<int> most_in_step{0};
};

TEST(Pipeline, OneWorkerExecutesOneCaseAtATimeHoweverManyAreGotReady) {
  Ran ran(scenarios(6));
  ran.meet_in_steps("w", 6, 2);
  ran.options.provision_ahead = 4;
  ran.run();
  EXPECT_EQ(ran.passed(), 6U);
  EXPECT_EQ(ran.most_in_step, 1);
}

TEST(Pipeline, SeveralWorkersExecuteAtOnce) {
  Ran ran(scenarios(6));
  ran.meet_in_steps("w", 6, 3);
  ran.options.workers = 3;
  ran.run();
  EXPECT_EQ(ran.passed(), 6U);
  EXPECT_EQ(ran.most_in_step, 3);
}

TEST(Pipeline, CasesBeginInTheOrderThatIsAskedForAndKeepTheirIndexes) {
  for (const std::size_t ahead : {0U, 2U}) {
    Ran ran(scenarios(4));
    ran.options.provision_ahead = ahead;
    ran.options.order = {2, 0, 3, 1};
    ran.run();
    EXPECT_EQ(ran.begun, ran.options.order);
    EXPECT_EQ(ran.passed(), 4U);
    EXPECT_EQ(ran.reports.at(3).id, ran.planned.plan.cases[3].id());
  }
}

TEST(Pipeline, SerialCaseRunsAlone) {
  Ran ran(scenarios(6, " @serial\n"));
  ran.meet_in_steps("w", 6, 2);
  ran.options.workers = 3;
  ran.options.provision_ahead = 2;
  ran.run();
  EXPECT_EQ(ran.passed(), 6U);
  EXPECT_EQ(ran.most_in_step, 1);
}

TEST(Pipeline, MemoryThatIsNotThereIsNotPromised) {
  Ran ran(scenarios(6));
  ran.meet_in_steps("w", 6, 2);
  ran.options.workers = 3;
  ran.options.provision_ahead = 3;
  ran.options.capacity = known({.memory = std::int64_t{700} << 20U});  // one case takes 512 MiB
  ran.run();
  EXPECT_EQ(ran.passed(), 6U);
  EXPECT_EQ(ran.most_in_step, 1);
}

TEST(Pipeline, FirstCaseDoesNotWaitForWhatTheEngineHasAndTheSecondDoes) {
  Ran ran(scenarios(3));
  std::promise<Capacity> asked;
  std::atomic<int> begun{0};
  std::atomic<int> begun_before{0};
  tests::Behaviour behaviour;
  behaviour.answer = [&](const std::string& method, const std::string&) {
    if (method == "health") ++begun;
    if (method == "executeStep" && begun_before == 0) {
      const auto patience = std::chrono::steady_clock::now() + 200ms;
      while (begun == 1 && std::chrono::steady_clock::now() < patience) std::this_thread::yield();
      begun_before = begun.load();
      asked.set_value({});
    }
    return std::optional<std::string>("");
  };
  ran.sites.behaviours["w"] = {behaviour, behaviour, behaviour};
  ran.options.workers = 3;
  ran.options.provision_ahead = 3;
  ran.options.capacity = asked.get_future().share();
  ran.run();  // for ever, if the first waited
  EXPECT_EQ(ran.passed(), 3U);
  EXPECT_EQ(begun_before, 1);
}

TEST(Pipeline, ServersOfComingCasesAreReadyBeforeTheirTurn) {
  Ran ran(scenarios(2));
  std::atomic<int> started{0};
  tests::Behaviour waiting;
  waiting.answer = [&started](const std::string& method, const std::string&) {
    const auto patience = std::chrono::steady_clock::now() + 10s;
    // The first case's step ends only once both servers of the second one have been asked for their health.
    while (method == "executeStep" && started < 4 && std::chrono::steady_clock::now() < patience)
      std::this_thread::yield();
    if (method == "health") ++started;
    return std::optional<std::string>("");
  };
  ran.sites.behaviours["w"] = {waiting, waiting};
  ran.sites.behaviours["r"] = {waiting, waiting};
  ran.options.provision_ahead = 1;
  ran.run();
  EXPECT_EQ(ran.passed(), 2U);
  EXPECT_EQ(started, 4);
}

TEST(Pipeline, ServerThatNoStepAskedForIsNoEvidence) {
  Ran ran(scenarios(1));
  ran.sites.behaviours["w"] = {tests::failing_step()};
  ran.options.provision_ahead = 1;
  ran.run();
  const auto& report = ran.reports.at(0);
  EXPECT_EQ(model::name_of(report.outcome), "failed");
  ASSERT_EQ(report.instances.size(), 1U);
  EXPECT_EQ(report.instances[0].process.text(), "w");
  const std::filesystem::path folder(report.artifacts);
  EXPECT_TRUE(std::filesystem::exists(folder / "python-w.log"));
  EXPECT_FALSE(std::filesystem::exists(folder / "python-r.log"));
  EXPECT_EQ(tests::read_file(folder / "transcript.jsonl").find("\"r\""), std::string::npos);
  const auto lines = ran.sites.diary.lines();
  EXPECT_NE(std::find(lines.begin(), lines.end(), "r: dispose"), lines.end());
}

TEST(Pipeline, StartAheadThatFailedIsToldAtTheStepThatAsksForIt) {
  Ran ran(scenarios(1));
  tests::Behaviour broken;
  broken.start_error = instance::Error{"no such image", "build it", false};
  ran.sites.behaviours["r"] = {broken};
  ran.options.provision_ahead = 1;
  ran.run();
  const auto& report = ran.reports.at(0);
  EXPECT_EQ(model::name_of(report.outcome), "could not run");
  EXPECT_EQ(report.culprit_step, 1U);
  EXPECT_TRUE(model::is_passed(report.steps.at(0).outcome));
}

TEST(Pipeline, CancelledWhileMuchIsUnderWayEndsEveryCaseOnceAndLeavesNothing) {
  Ran ran(scenarios(20));
  ran.options.workers = 4;
  ran.options.provision_ahead = 3;
  std::atomic<int> opened{0};
  ran.sites.on_open = [&] {
    if (++opened == 5) ran.cancellation.request("SIGINT");
  };
  ran.run();
  EXPECT_EQ(ran.reports.size(), 20U);
  const auto lines = ran.sites.diary.lines();
  EXPECT_EQ(std::count(lines.begin(), lines.end(), "open"), std::count(lines.begin(), lines.end(), "close"));
  for (const auto& [index, report] : ran.reports) {
    const auto* cancelled = std::get_if<model::Cancelled>(&report.outcome);
    if (!model::is_passed(report.outcome)) {
      ASSERT_NE(cancelled, nullptr) << index << model::name_of(report.outcome);
      EXPECT_EQ(cancelled->reason, "SIGINT");
    }
  }
}

TEST(Pipeline, CaseWhoseTimeIsUpDoesNotWaitForWhatGetsReady) {
  Ran ran("@timeout:50\n" + scenarios(1));
  ran.options.provision_ahead = 1;
  tests::Behaviour silent;
  silent.answer = [](const std::string&, const std::string&) { return std::optional<std::string>(); };
  ran.sites.behaviours["w"] = {silent};
  ran.run();
  const auto* timed_out = std::get_if<model::TimedOut>(&ran.reports.at(0).outcome);
  ASSERT_NE(timed_out, nullptr) << model::name_of(ran.reports.at(0).outcome);
  EXPECT_EQ(timed_out->what, "the scenario");
}

/// A server that can be reset; `on` decides what else it answers.
tests::Behaviour resettable(std::function<std::optional<std::string>(const std::string& method)> on = {}) {
  tests::Behaviour behaviour;
  behaviour.answer = [on = std::move(on)](const std::string& method,
                                          const std::string&) -> std::optional<std::string> {
    if (on) {
      if (auto answer = on(method); answer && !answer->empty()) return answer;
    }
    if (method == "health") return R"({"status":"ok","protocol":1,"capabilities":["reset"]})";
    return method == "reset" ? "{}" : "";
  };
  return behaviour;
}

std::ptrdiff_t count_of(const Ran& ran, const std::string& line) {
  const auto lines = ran.sites.diary.lines();
  return std::count(lines.begin(), lines.end(), line);
}

TEST(Isolation, ServersOfARunAreResetBetweenItsCasesAndEndedOnce) {
  Ran ran(scenarios(3));
  ran.sites.behaviours = {{"w", {resettable()}}, {"r", {resettable()}}};
  ran.options.isolation = Isolation::run;
  ran.run();
  EXPECT_EQ(ran.passed(), 3U);
  EXPECT_EQ(count_of(ran, "w: start"), 1);
  EXPECT_EQ(count_of(ran, "clean"), 2);
  EXPECT_EQ(count_of(ran, "w: shutdown"), 1);
  EXPECT_EQ(count_of(ran, "w: dispose"), 1);
  EXPECT_EQ(count_of(ran, "close"), 1);
  // Each case has its own evidence.
  for (const auto& [index, report] : ran.reports) {
    const std::filesystem::path folder(report.artifacts);
    EXPECT_EQ(tests::read_file(folder / "transcript.jsonl").find("\"method\":\"reset\"") != std::string::npos,
              index > 0);
    EXPECT_EQ(report.instances.size(), 2U);
  }
}

TEST(Isolation, OfACaseIsTheDefault) {
  Ran ran(scenarios(2));
  ran.sites.behaviours = {{"w", {resettable(), resettable()}}, {"r", {resettable(), resettable()}}};
  ran.run();
  EXPECT_EQ(count_of(ran, "w: start"), 2);
  EXPECT_EQ(count_of(ran, "clean"), 0);
}

TEST(Isolation, ServerThatCannotBeResetServesOneCase) {
  Ran ran(scenarios(2));
  ran.sites.behaviours = {{"w", {resettable(), resettable()}}};
  ran.options.isolation = Isolation::run;
  ran.run();
  EXPECT_EQ(ran.passed(), 2U);
  EXPECT_EQ(count_of(ran, "r: start"), 2);
  EXPECT_EQ(count_of(ran, "w: start"), 2);  // all or none
}

TEST(Isolation, NothingIsUsedAgainAfterAFailure) {
  Ran ran(scenarios(2));
  const auto failing = resettable([](const std::string& method) -> std::optional<std::string> {
    return method == "executeStep" ? R"({"success":false,"error":{"message":"no"}})" : "";
  });
  ran.sites.behaviours = {{"w", {failing, resettable()}}, {"r", {resettable(), resettable()}}};
  ran.options.isolation = Isolation::run;
  ran.run();
  EXPECT_EQ(ran.passed(), 1U);
  EXPECT_EQ(count_of(ran, "w: start"), 2);
  EXPECT_EQ(count_of(ran, "clean"), 0);
}

TEST(Isolation, ServerThatFailsToResetIsReplaced) {
  Ran ran(scenarios(2));
  tests::Behaviour stubborn = resettable([](const std::string&) { return std::optional<std::string>(); });
  stubborn.raw = [](const std::string& method, std::int64_t id) {
    return method != "reset" ? std::string()
                             : R"({"jsonrpc":"2.0","id":)" + std::to_string(id) +
                                   R"(,"error":{"code":1,"message":"no"}})" + "\n";
  };
  ran.sites.behaviours = {{"w", {stubborn, resettable()}}, {"r", {resettable(), resettable()}}};
  ran.options.isolation = Isolation::run;
  ran.run();
  EXPECT_EQ(ran.passed(), 2U);
  EXPECT_EQ(count_of(ran, "w: start"), 2);
  EXPECT_EQ(count_of(ran, "open"), 2);
  EXPECT_EQ(count_of(ran, "close"), 2);
}

TEST(Isolation, CaseThatEndsServersKeepsThemToItself) {
  std::string text = "Feature: f\n";
  for (int i = 0; i < 2; ++i)
    text += " Scenario: s\n  When the 'w' process writes\n  And the 'w' process restarts\n";
  Ran ran(text);
  ran.sites.behaviours = {{"w", {resettable(), resettable(), resettable(), resettable()}}};
  ran.options.isolation = Isolation::run;
  ran.run();
  EXPECT_EQ(ran.passed(), 2U);
  EXPECT_EQ(count_of(ran, "w: start"), 4);
}

TEST(Pipeline, RedCaseIsTriedAgainAndAllAttemptsKeepTheirEvidence) {
  Ran ran(scenarios(1));
  ran.sites.behaviours["w"] = {tests::failing_step(), tests::failing_step(), {}};
  ran.options.retries = {5, 1ms, 1ms};
  ran.run();
  ASSERT_EQ(ran.reports.size(), 1U);
  const auto& report = ran.reports.at(0);
  EXPECT_TRUE(report.is_flaky());
  ASSERT_EQ(report.earlier_attempts.size(), 2U);
  EXPECT_EQ(model::message_of(report.earlier_attempts[0].outcome), "no");
  const std::filesystem::path first = report.earlier_attempts[0].artifacts;
  EXPECT_EQ(report.earlier_attempts[1].artifacts, (first / "attempt-2").string());
  EXPECT_EQ(report.artifacts, (first / "attempt-3").string());
  for (const auto& folder : {first, first / "attempt-2", first / "attempt-3"}) {
    EXPECT_TRUE(std::filesystem::exists(folder / "transcript.jsonl")) << folder;
  }
  EXPECT_EQ(report.bundle, "");
}

TEST(Pipeline, CaseThatStaysRedUsesUpItsRetriesAndCountsOnce) {
  Ran ran(scenarios(2));
  ran.sites.behaviours["w"] = {tests::failing_step(), tests::failing_step(), {}};
  ran.options.bundles = true;
  ran.options.retries = {1, 1ms, 1ms};
  ran.options.max_fail = 2;
  ran.run();
  EXPECT_EQ(ran.reports.at(0).earlier_attempts.size(), 1U);
  EXPECT_EQ(model::name_of(ran.reports.at(0).outcome), "failed");
  EXPECT_TRUE(ran.reports.at(0).bundle.ends_with(".cexec.tar.zst")) << ran.reports.at(0).bundle;
  EXPECT_TRUE(model::is_passed(ran.reports.at(1).outcome));
}

TEST(Pipeline, RerunOfARedCaseIsItsReplayWhereThatIsWanted) {
  Ran ran(scenarios(1));
  ran.sites.behaviours["w"] = {tests::failing_step()};
  ran.options.bundles = true;
  ran.options.replay = "cexec replay";
  ran.run();
  EXPECT_EQ(ran.reports.at(0).rerun, "cexec replay " + ran.reports.at(0).bundle);
}

}  // namespace
}  // namespace executor::schedule
