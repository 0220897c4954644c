#include "executor/report/progress.h"

#include <gtest/gtest.h>

namespace executor::report {
namespace {

using namespace model;
using namespace std::chrono_literals;

class ProgressTest : public testing::Test {
 protected:
  void start(std::size_t index) {
    progress_.take(CaseStarted{CaseId("case " + std::to_string(index)), index}, now_);
  }
  void finish(std::size_t index, milliseconds took, Outcome outcome = Passed{}) {
    now_ += took;
    CaseFinished event{index, {}};
    event.report.id = CaseId("case " + std::to_string(index));
    event.report.outcome = std::move(outcome);
    event.report.duration = took;
    progress_.take(event, now_);
  }
  void begin(std::size_t cases) { progress_.take(RunStarted{RunId("r"), "", {}, cases}, now_); }

  TimePoint now_{};
  Progress progress_;
};

TEST_F(ProgressTest, CountsAndNamesWhatRuns) {
  begin(3);
  start(0);
  finish(0, 1s, Failed{"x"});
  start(1);
  progress_.take(StepStarted{1, {}, "When x", ProcessName("p")}, now_);
  EXPECT_EQ(progress_.done(), 1u);
  EXPECT_EQ(progress_.red(), 1u);
  ASSERT_EQ(progress_.running().size(), 1u);
  EXPECT_EQ(progress_.running()[0].id, "case 1");
  EXPECT_EQ(progress_.running()[0].step, "When x");
}

TEST_F(ProgressTest, WhatWasGivenUpIsNoFailure) {
  begin(2);
  finish(0, 1s, Cancelled{"SIGINT"});
  finish(1, 1s, CouldNotRun{"no image", {}});
  EXPECT_EQ(progress_.done(), 2u);
  EXPECT_EQ(progress_.red(), 1u);
}

TEST_F(ProgressTest, EndIsGuessedFromTheRunOnceThereIsEnoughOfIt) {
  begin(10);
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_EQ(progress_.left(now_).has_value(), i >= 3) << i;
    start(i);
    finish(i, 2s);
  }
  EXPECT_EQ(progress_.left(now_), 10s);
}

TEST_F(ProgressTest, EndIsGuessedFromTheRunBefore) {
  progress_.expect({1s, 9s});
  begin(2);
  start(0);
  EXPECT_FALSE(progress_.left(now_));
  finish(0, 2s);
  EXPECT_EQ(progress_.left(now_), 18s) << "it goes half as fast as then";
}

TEST_F(ProgressTest, SlowCaseIsNamedAgainWhenItsAgeHasDoubled) {
  begin(1);
  start(0);
  now_ += 9999ms;
  EXPECT_TRUE(progress_.slow_ones(now_).empty());
  now_ += 1ms;
  EXPECT_EQ(progress_.slow_ones(now_).size(), 1u);
  now_ += 9999ms;
  EXPECT_TRUE(progress_.slow_ones(now_).empty());
  now_ += 1ms;
  EXPECT_EQ(progress_.slow_ones(now_).size(), 1u);
}

TEST_F(ProgressTest, CaseThatTakesLongAsAlwaysIsNotSlow) {
  progress_.expect({20s});
  begin(1);
  start(0);
  now_ += 59s;
  EXPECT_TRUE(progress_.slow_ones(now_).empty());
  now_ += 1s;
  EXPECT_EQ(progress_.slow_ones(now_).size(), 1u);
}

TEST_F(ProgressTest, TellsOfTheCaseItsStepAndWhatIsOver) {
  EXPECT_EQ(progress_.text(now_), "cexec: no case has begun yet\n");
  progress_.take(Preparing{PlatformName("python"), "building", false}, now_);
  EXPECT_EQ(progress_.text(now_), "cexec: no case has begun yet; python  building\n");
  begin(2);
  start(1);
  now_ += 2s;
  EXPECT_NE(
      progress_.text(now_).find("cexec: 0 of 2 cases over, 0 failed, 1 running\n  case 1\n    for 2.0s, "
                                "since "),
      std::string::npos)
      << progress_.text(now_);
  EXPECT_NE(progress_.text(now_).find("    before its first step\n"), std::string::npos);
  progress_.take(StepStarted{1, {"a.feature", 4, 5}, "When the 'w' process \x1b[31msleeps", {}}, now_);
  now_ += 3s;
  EXPECT_NE(progress_.text(now_).find("    at a.feature:4:5 When the 'w' process \\x1b[31msleeps\n"
                                      "    for 3.0s, since "),
            std::string::npos)
      << progress_.text(now_);
  finish(1, 1s);
  EXPECT_EQ(progress_.text(now_), "cexec: 1 of 2 cases over, 0 failed, 0 running\n");
}

}  // namespace
}  // namespace executor::report
