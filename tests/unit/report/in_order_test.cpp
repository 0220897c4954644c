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

}  // namespace
}  // namespace executor::report
