#include "executor/report/durations.h"

#include <gtest/gtest.h>

#include "tests/support/temp_folder.h"

namespace executor::report {
namespace {

using namespace std::chrono_literals;

class DurationsTest : public ::testing::Test {
 protected:
  static model::Event finished(const std::string& id, std::chrono::milliseconds took,
                               model::Outcome outcome = model::Passed{}) {
    model::CaseReport report;
    report.id = model::CaseId(id);
    report.duration = took;
    report.outcome = std::move(outcome);
    return model::CaseFinished{0, std::move(report)};
  }
  /// One run with these events.
  void run(const std::vector<model::Event>& events) const {
    Durations durations(file_);
    for (const auto& event : events) durations.on_event(event);
    EXPECT_EQ(durations.save(), "");
  }

  tests::TempFolder folder_;
  std::filesystem::path file_ = folder_.path() / "durations.txt";
};

TEST_F(DurationsTest, NothingIsKnownWithoutAFile) {
  const Durations durations(file_);
  EXPECT_TRUE(durations.empty());
  EXPECT_EQ(durations.of("a"), std::nullopt);
}

TEST_F(DurationsTest, RunsKnowWhatEarlierOnesTook) {
  run({finished("f.feature:1 w=a b=c", 5ms), finished("f.feature:2 w=a", 7s)});
  const Durations durations(file_);
  EXPECT_EQ(durations.of("f.feature:1 w=a b=c"), 5ms);
  EXPECT_EQ(durations.of("f.feature:2 w=a"), 7s);
}

TEST_F(DurationsTest, RunOfAFewKeepsTheOthers) {
  run({finished("a", 1s), finished("b", 2s)});
  run({finished("b", 9s)});
  const Durations durations(file_);
  EXPECT_EQ(durations.of("a"), 1s);
  EXPECT_EQ(durations.of("b"), 9s);
}

TEST_F(DurationsTest, WhatDidNotRunSaysNothing) {
  run({finished("a", 1s)});
  run({finished("a", 0ms, model::Skipped{"@skip"}), finished("b", 0ms, model::Cancelled{"cancelled"}),
       finished("c", 3ms, model::Failed{})});
  const Durations durations(file_);
  EXPECT_EQ(durations.of("a"), 1s);
  EXPECT_EQ(durations.of("b"), std::nullopt);
  EXPECT_EQ(durations.of("c"), 3ms);
}

TEST_F(DurationsTest, LinesThatAreNoneAreSkipped) {
  folder_.write("durations.txt", "12 a\nx\n99\n\n-1 b\n99999999999 c\n 5 d\n7 e f\n");
  const Durations durations(file_);
  EXPECT_EQ(durations.of("a"), 12ms);
  EXPECT_EQ(durations.of("e f"), 7ms);
  for (const auto* id : {"b", "c", "d"}) EXPECT_EQ(durations.of(id), std::nullopt) << id;
}

TEST_F(DurationsTest, IdThatIsNoLineIsLeftOut) {
  run({finished("evil\n1 a", 5s), finished("b", 1s)});
  EXPECT_EQ(Durations(file_).of("a"), std::nullopt);
  EXPECT_EQ(Durations(file_).of("b"), 1s);
}

TEST_F(DurationsTest, RunThatIsKilledLeavesTheFileAsItWas) {
  run({finished("a", 1s)});
  {
    Durations durations(file_);
    durations.on_event(finished("a", 9s));
  }
  EXPECT_EQ(Durations(file_).of("a"), 1s);
}

TEST_F(DurationsTest, FolderThatIsGoneIsTold) {
  Durations durations(folder_.path() / "gone" / "durations.txt");
  durations.on_event(finished("a", 9s));
  EXPECT_NE(durations.save().find("durations.txt"), std::string::npos);
}

}  // namespace
}  // namespace executor::report
