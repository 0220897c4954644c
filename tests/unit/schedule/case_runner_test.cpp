#include "executor/schedule/case_runner.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/support/fake_server.h"
#include "tests/support/planned.h"
#include "tests/support/temp_folder.h"

namespace executor::schedule {
namespace {

using namespace std::chrono_literals;
using tests::Behaviour;

/// Plans the steps as one scenario on one platform, and runs it.
struct RanCase {
  explicit RanCase(const std::string& steps, std::map<std::string, std::deque<Behaviour>> behaviours = {},
                   const std::string& tags = "")
      : planned(tags + "\nFeature: f\n Scenario: s\n" + steps, tests::one_platform()) {
    sites.behaviours = std::move(behaviours);
    options.rerun = "cexec --container-seq";
  }
  const model::CaseReport& run() {
    EXPECT_EQ(planned.errors, std::vector<std::string>());
    CaseRunner runner(planned.plan.cases.at(0), 0, options, sites, reuse, id, stop.get_token(), events);
    report = runner.run();
    return report;
  }
  [[nodiscard]] std::string outcomes() const {
    std::string all;
    for (const auto& step : report.steps) all += std::string(model::name_of(step.outcome)) + " ";
    return all;
  }

  tests::PlannedText planned;
  tests::FakeSites sites;
  Options options;
  model::RunId id{"run"};
  std::stop_source stop;
  EventQueue events;
  Reuse reuse{Isolation::each_case};
  model::CaseReport report;
};

std::string outcome_of(RanCase& ran) {
  const auto& report = ran.run();
  return std::string(model::name_of(report.outcome)) + ": " + model::message_of(report.outcome);
}

Behaviour exiting(std::int64_t code, bool oom = false) {
  Behaviour behaviour;
  behaviour.exit_on_step = instance::Exit{code, oom};
  return behaviour;
}

TEST(CaseRunner, StartsAProcessAtTheFirstStepThatNamesIt) {
  RanCase ran("  When the 'w' process writes\n  Then the 'r' process reads\n  And the 'w' process closes\n");
  EXPECT_EQ(outcome_of(ran), "passed: ");
  EXPECT_EQ(ran.sites.diary.lines(),
            (std::vector<std::string>{"open", "w: start", "w: step writes", "r: start", "r: step reads",
                                      "w: step closes", "w: shutdown", "r: shutdown", "w: dispose",
                                      "r: dispose", "close"}));
  EXPECT_EQ(ran.report.id.text(), "features/x.feature:3 w=python r=python");
  EXPECT_EQ(ran.report.rerun, "cexec --container-seq features/x.feature:3 --combo w=python,r=python");
  EXPECT_EQ(ran.report.instances.size(), 2u);
}

TEST(CaseRunner, StepsBehindAFailureAreSkippedAndTheCulpritIsNamed) {
  RanCase ran("  When the 'w' process writes\n  Then the 'r' process reads\n  And the 'r' process closes\n",
              {{"r", {tests::failing_step()}}});
  EXPECT_EQ(outcome_of(ran), "failed: no");
  EXPECT_EQ(ran.outcomes(), "passed failed skipped ");
  EXPECT_EQ(ran.report.culprit_step, 1u);
  EXPECT_EQ(ran.report.culprit_process->text(), "r");
}

TEST(CaseRunner, SecondThingThatGoesWrongDoesNotHideTheFirst) {
  auto both = tests::failing_step();
  both.exit_on_shutdown = 5;
  RanCase ran("  When the 'w' process writes\n", {{"w", {both}}});
  EXPECT_EQ(outcome_of(ran), "failed: no");
}

TEST(CaseRunner, DirtyShutdownTurnsAPassedCaseRed) {
  Behaviour dirty;
  dirty.exit_on_shutdown = 139;
  RanCase ran("  When the 'w' process writes\n", {{"w", {dirty}}});
  EXPECT_EQ(outcome_of(ran), "exited: exit code 139 (SIGSEGV) at shutdown, where 0 is expected");
  EXPECT_EQ(ran.report.culprit_step, std::nullopt);
  EXPECT_EQ(ran.report.culprit_process->text(), "w");
}

TEST(CaseRunner, LifeOfAProcessInTheScenariosHands) {
  RanCase ran(
      "  Given the 'w' process starts\n  When the 'w' process writes\n  And the 'w' process restarts\n"
      "  And the 'w' process writes more\n  And the 'w' process is killed\n"
      "  Then the 'w' process should have exited with code 137\n  When the 'w' process starts\n"
      "  And the 'w' process stops\n  Then the 'w' process should have exited with code 0\n");
  EXPECT_EQ(outcome_of(ran), "passed: ");
  EXPECT_EQ(ran.sites.diary.lines(),
            (std::vector<std::string>{"open", "w: start", "w: step writes", "w: shutdown", "w: start",
                                      "w: step writes more", "w: SIGKILL", "w: start", "w: shutdown",
                                      "w: dispose", "w: dispose", "w: dispose", "close"}));
  EXPECT_EQ(ran.report.instances.size(), 3u);
  EXPECT_TRUE(ran.sites.sites.at(0).outlives_instances);
}

TEST(CaseRunner, StepForAProcessThatIsNotRunningSaysHowThatCame) {
  RanCase ran("  When the 'w' process writes\n  And the 'w' process stops\n  And the 'w' process writes\n");
  EXPECT_EQ(
      outcome_of(ran),
      "failed: the 'w' process is not running: it was stopped in line 5; a step \"the 'w' process starts\" "
      "starts it again");
}

TEST(CaseRunner, StartingTwiceAndStoppingTwiceFail) {
  RanCase twice("  When the 'w' process starts\n  And the 'w' process starts\n");
  EXPECT_EQ(outcome_of(twice), "failed: the 'w' process is running already");
  RanCase stopped(
      "  When the 'w' process starts\n  And the 'w' process stops\n  And the 'w' process stops\n");
  EXPECT_EQ(outcome_of(stopped), "failed: the 'w' process is not running: it was stopped in line 5");
}

TEST(CaseRunner, ExitThatTheNextStepExpectsIsFine) {
  RanCase ran(
      "  When the 'w' process crashes\n  And the 'r' process looks\n"
      "  Then the 'w' process should have exited with code 3\n",
      {{"w", {exiting(3)}}});
  EXPECT_EQ(outcome_of(ran), "passed: ");
  RanCase memory("  When the 'w' process eats\n  Then the 'w' process should have been killed for memory\n",
                 {{"w", {exiting(137, true)}}});
  EXPECT_EQ(outcome_of(memory), "passed: ");
}

TEST(CaseRunner, OtherExitThanExpectedFailsWithBoth) {
  RanCase ran("  When the 'w' process crashes\n  Then the 'w' process should have exited with code 3\n",
              {{"w", {exiting(4)}}});
  EXPECT_EQ(outcome_of(ran), "failed: the 'w' process has another exit code");
  const auto& failed = std::get<model::Failed>(ran.report.outcome);
  EXPECT_EQ(failed.expected, "exit code 3");
  EXPECT_EQ(failed.actual, "exit code 4");
  RanCase memory("  When the 'w' process eats\n  Then the 'w' process should have been killed for memory\n",
                 {{"w", {exiting(1)}}});
  EXPECT_EQ(outcome_of(memory), "failed: the 'w' process was not killed for memory");
}

TEST(CaseRunner, ExitThatDoesNotComeTimesOut) {
  RanCase ran("  When the 'w' process writes\n  Then the 'w' process should have exited with code 0\n", {},
              "@step-timeout:20");
  EXPECT_EQ(outcome_of(ran), "timed out: the step took longer than 20ms; the 'w' process is still running");
}

TEST(CaseRunner, UnexpectedExitIsRed) {
  RanCase within("  When the 'w' process writes\n  And the 'w' process writes\n", {{"w", {exiting(1)}}});
  EXPECT_EQ(outcome_of(within), "exited: exit code 1 while the step ran");
}

TEST(CaseRunner, StepTimeoutOfTagWinsOverTheOption) {
  Behaviour silent;
  silent.answer = [](const std::string& method, const std::string&) -> std::optional<std::string> {
    return method == "executeStep" ? std::nullopt : std::optional<std::string>("");
  };
  RanCase ran("  When the 'w' process writes\n", {{"w", {silent}}}, "@step-timeout:20");
  ran.options.step_timeout = 1h;
  EXPECT_EQ(outcome_of(ran), "timed out: the step took longer than 20ms");
}

TEST(CaseRunner, ScenarioTimeoutCutsAStepShort) {
  Behaviour silent;
  silent.answer = [](const std::string& method, const std::string&) -> std::optional<std::string> {
    return method == "executeStep" ? std::nullopt : std::optional<std::string>("");
  };
  RanCase ran("  When the 'w' process writes\n", {{"w", {silent}}}, "@timeout:30");
  EXPECT_EQ(outcome_of(ran), "timed out: the scenario took longer than 30ms");
}

TEST(CaseRunner, TimeForWhichTheEngineIsAwayIsNotTheScenarios) {
  Behaviour slow;
  RanCase ran("  When the 'w' process writes\n  And the 'w' process writes again\n", {}, "@timeout:50");
  slow.answer = [&ran](const std::string& method, const std::string&) -> std::optional<std::string> {
    // As where an engine that hung has let it answer.
    if (method == "executeStep") {
      ran.sites.absent = 60s;
      ::usleep(100'000);
    }
    return "";
  };
  ran.sites.behaviours = {{"w", {slow}}};
  EXPECT_EQ(outcome_of(ran), "passed: ");
}

TEST(CaseRunner, WhatCannotBeStartedCouldNotRun) {
  Behaviour missing;
  missing.start_error = instance::Error{"no such image", "build it", false};
  RanCase ran("  When the 'w' process writes\n  And the 'w' process writes\n", {{"w", {missing}}});
  EXPECT_EQ(outcome_of(ran), "could not run: no such image");
  EXPECT_EQ(ran.outcomes(), "could not run skipped ");
  EXPECT_EQ(std::get<model::CouldNotRun>(ran.report.outcome).hint, "build it");
}

TEST(CaseRunner, SiteThatCannotBeOpenedIsClosedAllTheSame) {
  RanCase ran("  When the 'w' process writes\n");
  ran.sites.open_error = instance::Error{"no network", "", false};
  ran.sites.close_problems = {"the volume is busy"};
  EXPECT_EQ(outcome_of(ran), "could not run: no network");
  EXPECT_EQ(ran.sites.diary.lines(), (std::vector<std::string>{"open", "close"}));
  EXPECT_EQ(ran.report.warnings, std::vector<std::string>{"the volume is busy"});
}

TEST(CaseRunner, SkippedScenarioStartsNothing) {
  RanCase ran("  When the 'w' process writes\n", {}, "@skip");
  EXPECT_EQ(outcome_of(ran), "skipped: @skip");
  EXPECT_TRUE(ran.sites.diary.lines().empty());
}

TEST(CaseRunner, MissingCapabilitySkips) {
  RanCase ran("  When the 'w' process writes\n", {}, "@requires:fast,huge");
  EXPECT_EQ(outcome_of(ran), "skipped: the 'w' server (python) lacks the capability 'huge'");
  RanCase has("  When the 'w' process writes\n", {}, "@requires:fast");
  EXPECT_EQ(outcome_of(has), "passed: ");
}

TEST(CaseRunner, CancellationGivesUpWithoutWaitingForAnyServer) {
  RanCase ran("  When the 'w' process writes\n  And the 'w' process writes\n");
  Behaviour stopping;
  stopping.answer = [&ran](const std::string& method, const std::string&) -> std::optional<std::string> {
    if (method != "executeStep") return "";
    ran.stop.request_stop();
    return std::nullopt;
  };
  ran.sites.behaviours["w"] = {stopping};
  EXPECT_EQ(outcome_of(ran), "cancelled: cancelled while the step ran");
  EXPECT_EQ(ran.sites.diary.lines(),
            (std::vector<std::string>{"open", "w: start", "w: step writes", "w: dispose", "close"}));
}

TEST(CaseRunner, LimitsComeFromPlatformTagAndCommandLineInThatOrder) {
  RanCase tagged("  When the 'w' process writes\n", {}, "@memory:512m");
  tagged.run();
  EXPECT_EQ(tagged.sites.servers.at(0).limits.memory, std::int64_t{512} << 20);
  EXPECT_EQ(tagged.sites.servers.at(0).limits.pids, 128);
  RanCase commanded("  When the 'w' process writes\n", {}, "@memory:512m");
  commanded.options.limits.memory = std::int64_t{7} << 20;
  commanded.options.limits.nano_cpus = 5;
  commanded.run();
  EXPECT_EQ(commanded.sites.servers.at(0).limits.memory, std::int64_t{7} << 20);
  EXPECT_EQ(commanded.sites.servers.at(0).limits.nano_cpus, 5);
  RanCase unlimited("  When the 'w' process writes\n");
  unlimited.options.limits.none = true;
  unlimited.run();
  EXPECT_EQ(unlimited.sites.servers.at(0).limits.memory, 0);
  EXPECT_EQ(unlimited.sites.servers.at(0).limits.pids, 0);
}

TEST(CaseRunner, ArtifactsStandInAFolderOfTheCase) {
  const tests::TempFolder folder;
  RanCase ran("  When the 'w' process writes\n");
  ran.options.artifacts = folder.path();
  ran.run();
  EXPECT_EQ(ran.report.artifacts, (folder.path() / "cases/features_x.feature_3_w=python").string());
  EXPECT_TRUE(std::filesystem::exists(folder.path() / "cases/features_x.feature_3_w=python/python-w.log"));
  EXPECT_TRUE(
      std::filesystem::exists(folder.path() / "cases/features_x.feature_3_w=python/transcript.jsonl"));
}

TEST(FolderName, IsSafeAndDifferentForLongIds) {
  EXPECT_EQ(folder_name(model::CaseId("a b/c:1 \"x\"=é")), "a_b_c_1__x_=__");
  const std::string path(300, 'x');
  const auto one = folder_name(model::CaseId(path + "1"));
  EXPECT_LE(one.size(), 200u);
  EXPECT_NE(one, folder_name(model::CaseId(path + "2")));
}

TEST(CaseRunner, TellsOfEachStepBeforeItRuns) {
  RanCase ran("  When the 'w' process one\n  Then the 'w' process two\n  And the 'w' process three\n",
              {{"w", {tests::failing_step()}}});
  ran.run();
  std::vector<std::string> told;
  for (const auto& event : ran.events.drain()) {
    if (const auto* step = std::get_if<model::StepStarted>(&event))
      told.push_back(step->location.text() + " " + step->text);
  }
  EXPECT_EQ(told, (std::vector<std::string>{"features/x.feature:4:3 When the 'w' process one"}));
}

}  // namespace
}  // namespace executor::schedule
