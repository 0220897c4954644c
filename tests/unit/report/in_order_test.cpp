#include "executor/report/in_order.h"

#include <gtest/gtest.h>

namespace executor::report {
namespace {

/// "finished 2", "started 1", "over"
class Diary : public model::EventSink {
 public:
  void on_event(const model::Event& event) override {
    if (const auto* started = std::get_if<model::CaseStarted>(&event))
      lines.push_back("started " + std::to_string(started->index));
    if (const auto* finished = std::get_if<model::CaseFinished>(&event))
      lines.push_back("finished " + std::to_string(finished->index));
    if (std::holds_alternative<model::RunFinished>(event)) lines.emplace_back("over");
  }
  std::vector<std::string> lines;
};

TEST(InOrder, ResultWaitsForThoseBeforeIt) {
  Diary diary;
  InOrder in_order(diary);
  for (const std::size_t index : {2U, 0U, 3U, 1U}) {
    in_order.on_event(model::CaseFinished{index, {}});
    if (index == 2) {
      EXPECT_TRUE(diary.lines.empty());
    }
  }
  EXPECT_EQ(diary.lines, (std::vector<std::string>{"finished 0", "finished 1", "finished 2", "finished 3"}));
}

TEST(InOrder, OtherEventsPassAtOnce) {
  Diary diary;
  InOrder in_order(diary);
  in_order.on_event(model::CaseFinished{1, {}});
  in_order.on_event(model::CaseStarted{{}, 0});
  EXPECT_EQ(diary.lines, std::vector<std::string>{"started 0"});
}

TEST(InOrder, EndOfTheRunLosesNothing) {
  Diary diary;
  InOrder in_order(diary);
  in_order.on_event(model::CaseFinished{4, {}});
  in_order.on_event(model::CaseFinished{2, {}});
  in_order.on_event(model::RunFinished{});
  EXPECT_EQ(diary.lines, (std::vector<std::string>{"finished 2", "finished 4", "over"}));
}

/// Counts the log lines that reach it.
class LineCount : public model::EventSink {
 public:
  void on_event(const model::Event& event) override {
    const auto* finished = std::get_if<model::CaseFinished>(&event);
    if (finished == nullptr) return;
    for (const auto& instance : finished->report.instances) count += instance.lines.size();
  }
  std::size_t count = 0;
};

model::CaseFinished with_a_line(std::size_t index, model::Outcome outcome) {
  model::CaseFinished finished{index, {}};
  finished.report.outcome = std::move(outcome);
  finished.report.instances.emplace_back().lines.emplace_back();
  return finished;
}

TEST(InOrder, WaitingResultsOfCasesThatPassedAreHeldWithoutLogs) {
  LineCount count;
  InOrder in_order(count);
  for (const std::size_t index : {2U, 1U, 0U}) in_order.on_event(with_a_line(index, model::Passed{}));
  EXPECT_EQ(count.count, 1u) << "only the one that did not wait";
}

TEST(InOrder, OnlySomeWaitingRedResultsAreHeldWithLogs) {
  LineCount count;
  InOrder in_order(count);
  for (std::size_t index = 1000; index > 0; --index) in_order.on_event(with_a_line(index, model::Failed{}));
  in_order.on_event(model::CaseFinished{0, {}});
  EXPECT_GT(count.count, 10u);
  EXPECT_LT(count.count, 200u);
}

}  // namespace
}  // namespace executor::report
