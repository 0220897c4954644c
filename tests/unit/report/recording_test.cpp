#include "executor/report/recording.h"

#include <gtest/gtest.h>

#include <fstream>

#include "executor/report/event_json.h"
#include "executor/report/event_log.h"
#include "tests/support/temp_folder.h"

namespace executor::report {
namespace {

using namespace model;
using namespace std::chrono_literals;

class RecordingTest : public testing::Test {
 protected:
  std::filesystem::path write(const std::string& name, const std::vector<Event>& events,
                              const std::string& rest = {}) {
    std::string text;
    for (const auto& event : events) text += to_json(event, at_ += 1ms) + '\n';
    return folder_.write(name, text + rest);
  }

  static CaseId id(int line, const std::string& platform) {
    return CaseId("f.feature:" + std::to_string(line) + " writer=" + platform);
  }
  /// One scenario of two cases in each of the lines.
  static std::vector<Event> planned(const std::vector<int>& lines, milliseconds begun = 1000ms) {
    std::vector<Event> events{RunPlanned{RunId("r" + std::to_string(begun.count())), "1", "container-seq",
                                         begun, lines.size() * 2, ""}};
    std::size_t first = 0;
    for (const auto line : lines) {
      events.push_back(
          ScenarioPlanned{{"f.feature", static_cast<std::uint32_t>(line), 0},
                          "F",
                          "S",
                          {"@t"},
                          {ProcessName("writer")},
                          first,
                          {{id(line, "a"), {PlatformName("a")}}, {id(line, "b"), {PlatformName("b")}}}});
      first += 2;
    }
    events.push_back(RunStarted{RunId("r"), "engine", {{PlatformName("a"), "ref", "sha256:1"}}, first});
    return events;
  }
  static CaseFinished finished(std::size_t index, const CaseId& case_id, Outcome outcome) {
    CaseFinished event{index, {}};
    event.report.id = case_id;
    event.report.location = {"f.feature", 3, 0};
    event.report.combination = {{ProcessName("writer"), PlatformName("a")}};
    event.report.outcome = std::move(outcome);
    event.report.duration = 5ms;
    return event;
  }
  static RunFinished over() { return {RunId("r"), 100ms, std::nullopt, std::vector<LeftBehind>{}}; }

  tests::TempFolder folder_;
  milliseconds at_{5000};
};

TEST_F(RecordingTest, WholeRunIsReadAsItWas) {
  auto events = planned({3});
  events.emplace_back(FeatureSource{"f.feature", "Feature: F\n"});
  events.emplace_back(CaseStarted{id(3, "a"), 0});
  events.emplace_back(finished(0, id(3, "a"), Passed{}));
  events.emplace_back(finished(1, id(3, "b"), Failed{"no"}));
  events.emplace_back(over());
  const auto recording = Recording::open({write("e", events)});
  ASSERT_TRUE(recording) << recording.error();
  EXPECT_EQ(recording->cases().size(), 2u);
  EXPECT_EQ(recording->totals().passed, 1u);
  EXPECT_EQ(recording->totals().failed, 1u);
  EXPECT_EQ(recording->duration(), 100ms);
  EXPECT_EQ(recording->stopped_because(), "");
  EXPECT_EQ(recording->sources().at("f.feature"), "Feature: F\n");
  EXPECT_EQ(message_of(recording->report(1).outcome), "no");
  EXPECT_TRUE(recording->left_behind());
}

TEST_F(RecordingTest, KilledRunSaysWhatWasNotRun) {
  auto events = planned({3, 9});
  events.emplace_back(CaseStarted{id(3, "a"), 0});
  events.emplace_back(finished(0, id(3, "a"), Passed{}));
  events.emplace_back(CaseStarted{id(3, "b"), 1});
  events.emplace_back(StepStarted{1, {"f.feature", 4, 5}, "When x", ProcessName("writer")});
  events.emplace_back(CaseStarted{id(9, "a"), 2});
  const auto recording = Recording::open({write("e", events, R"({"at":9,"event":"caseFin)")});
  ASSERT_TRUE(recording);
  EXPECT_EQ(recording->warnings(),
            std::vector<std::string>{(folder_.path() / "e").string() +
                                     ":10: the last line is not whole and is skipped"});
  EXPECT_EQ(recording->totals().could_not_run, 3u);
  EXPECT_EQ(recording->totals().not_over, 3u);
  EXPECT_EQ(message_of(recording->report(1).outcome),
            "the run ended while this case was at f.feature:4:5 When x");
  EXPECT_EQ(message_of(recording->report(2).outcome), "the run ended while this case was starting");
  EXPECT_EQ(message_of(recording->report(3).outcome), "the run ended before this case began");
  EXPECT_EQ(recording->report(3).combination.front().second, PlatformName("b"));
  EXPECT_NE(recording->stopped_because().find("the run was killed"), std::string::npos);
  EXPECT_FALSE(recording->left_behind());
}

TEST_F(RecordingTest, LastLineWithoutItsEndCounts) {
  std::string text;
  for (const auto& event : planned({3})) text += to_json(event, 1ms) + '\n';
  const auto recording = Recording::open({folder_.write("e", text + to_json(over(), 2ms))});
  ASSERT_TRUE(recording);
  EXPECT_TRUE(recording->warnings().empty());
  EXPECT_TRUE(recording->runs().front().finished);
}

TEST_F(RecordingTest, ShardsBecomeOneInAnyOrder) {
  auto one = planned({9}, 2000ms);
  one.emplace_back(finished(0, id(9, "a"), Passed{}));
  one.emplace_back(finished(1, id(9, "b"), Passed{}));
  one.emplace_back(over());
  auto two = planned({3}, 1000ms);
  two.emplace_back(finished(0, id(3, "a"), Passed{}));
  two.emplace_back(finished(1, id(3, "b"), Skipped{"x"}));
  two.emplace_back(over());
  const auto recording = Recording::open({write("1", one), write("2", two)});
  ASSERT_TRUE(recording);
  EXPECT_EQ(recording->cases().front().id, id(3, "a"));
  EXPECT_EQ(recording->cases().size(), 4u);
  EXPECT_EQ(recording->totals().passed, 3u);
  EXPECT_EQ(recording->duration(), 200ms);
  EXPECT_EQ(recording->platforms().size(), 1u);
}

TEST_F(RecordingTest, LaterRunCountsAndTheEarlierFailureIsAnAttempt) {
  auto first = planned({3}, 1000ms);
  first.emplace_back(finished(0, id(3, "a"), Failed{"first"}));
  first.emplace_back(finished(1, id(3, "b"), Passed{}));
  first.emplace_back(over());
  auto again = planned({3}, 2000ms);
  again.emplace_back(finished(0, id(3, "a"), Passed{}));
  again.emplace_back(finished(1, id(3, "b"), Cancelled{"SIGINT"}));
  again.emplace_back(over());
  const auto later = write("2", again);
  const auto recording = Recording::open({later, write("1", first)});
  ASSERT_TRUE(recording);
  EXPECT_EQ(recording->totals().passed, 2u);
  EXPECT_EQ(recording->totals().flaky, 1u);
  const auto report = recording->report(0);
  ASSERT_EQ(report.earlier_attempts.size(), 1u);
  EXPECT_EQ(message_of(report.earlier_attempts[0].outcome), "first");
  EXPECT_TRUE(is_passed(recording->report(1).outcome)) << "given up later, but known from before";
}

TEST_F(RecordingTest, RunThatCouldNotBeginBlamesNoCase) {
  auto events = planned({3});
  events.emplace_back(RunFailed{"no engine", "start one", {}});
  const auto recording = Recording::open({write("e", events)});
  EXPECT_EQ(message_of(recording->report(0).outcome), "no engine");
  EXPECT_EQ(recording->totals().could_not_run, 2u);
}

TEST_F(RecordingTest, FileThatIsNoneIsNamed) {
  EXPECT_EQ(Recording::open({"/nowhere/e"}).error(), "/nowhere/e: No such file or directory");
  const auto empty = folder_.write("empty", "");
  EXPECT_EQ(Recording::open({empty}).error(), empty.string() + ": holds no event of cexec");
  const auto newer = folder_.write("newer", "{\"event\":\"runPlanned\",\"version\":99}\n");
  EXPECT_EQ(Recording::open({newer}).error(),
            newer.string() + ":1: events of version 99; this cexec reads up to 1");
}

TEST_F(RecordingTest, LogIsThereAtOnce) {
  const auto file = folder_.path() / "events.jsonl";
  auto log = EventLog::open(file);
  ASSERT_TRUE(log);
  std::size_t lines = 0;
  for (const auto& event : planned({3})) {
    log->on_event(event);
    const auto text = tests::read_file(file);
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), static_cast<std::ptrdiff_t>(++lines));
  }
  EXPECT_EQ(log->error(), "");
}

TEST_F(RecordingTest, FullDiskIsTold) {
  auto log = EventLog::open("/dev/full");
  ASSERT_TRUE(log);
  log->on_event(RunFailed{});
  EXPECT_EQ(log->error(), "No space left on device");
  EXPECT_EQ(EventLog::open("/nowhere/x").error(), "/nowhere/x cannot be written: No such file or directory");
}

}  // namespace
}  // namespace executor::report
