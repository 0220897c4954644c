#include "executor/schedule/runner.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "tests/support/fake_server.h"
#include "tests/support/planned.h"

namespace executor::schedule {
namespace {

struct RanPlan {
  RanPlan() : planned("Feature: f\n Scenario: s\n  When the 'w' process writes\n") {}

  /// "passed", … of each case, in the plan's order. The cases begin in that order, too.
  std::vector<std::string> run() {
    run_plan(planned.plan, options, sites, id, cancellation, events);
    std::map<std::size_t, std::string> seen;
    started.clear();
    for (const auto& event : events.drain()) {
      if (const auto* begun = std::get_if<model::CaseStarted>(&event)) started.push_back(begun->index);
      const auto* finished = std::get_if<model::CaseFinished>(&event);
      if (finished == nullptr) continue;
      EXPECT_FALSE(seen.contains(finished->index));
      seen[finished->index] = model::name_of(finished->report.outcome);
      if (seen.rbegin()->first == finished->index) last_message = model::message_of(finished->report.outcome);
    }
    EXPECT_TRUE(std::is_sorted(started.begin(), started.end()));
    std::vector<std::string> outcomes;
    for (const auto& [index, outcome] : seen) outcomes.push_back(outcome);
    return outcomes;
  }

  tests::PlannedText planned;
  tests::FakeSites sites;
  Options options;
  model::RunId id{"run"};
  Cancellation cancellation;
  EventQueue events;
  std::vector<std::size_t> started;
  std::string last_message;
};

TEST(RunPlan, TellsOfEveryCaseInThePlansOrder) {
  RanPlan ran;
  EXPECT_EQ(ran.run(), (std::vector<std::string>{"passed", "passed", "passed"}));
}

TEST(RunPlan, CaseThatFailsDoesNotStopTheNext) {
  RanPlan ran;
  tests::Behaviour exits;
  exits.exit_on_step = instance::Exit{1, false};
  ran.sites.behaviours["w"] = {exits};
  EXPECT_EQ(ran.run(), (std::vector<std::string>{"exited", "passed", "passed"}));
}

TEST(RunPlan, MaxFailCancelsTheRestAndSaysWhy) {
  RanPlan ran;
  tests::Behaviour exits;
  exits.exit_on_step = instance::Exit{1, false};
  ran.sites.behaviours["w"] = {{}, exits};
  ran.options.max_fail = 1;
  EXPECT_EQ(ran.run(), (std::vector<std::string>{"passed", "exited", "cancelled"}));
  EXPECT_EQ(ran.last_message, "--max-fail 1: reached with features/x.feature:2 w=cpp");
}

TEST(RunPlan, CancelledCaseHasTheReasonOfTheCancellation) {
  RanPlan ran;
  ran.sites.on_open = [&ran] { ran.cancellation.request("SIGINT"); };
  EXPECT_EQ(ran.run(), (std::vector<std::string>{"cancelled", "cancelled", "cancelled"}));
  EXPECT_EQ(ran.last_message, "SIGINT");
}

TEST(RunPlan, NothingFurtherRunsWhereItsEngineDoesNotComeBack) {
  RanPlan ran;
  ran.sites.unusable = instance::Error{"the engine did not come back", {}, false, true};
  for (const auto& line : ran.run()) EXPECT_EQ(line.find("passed"), std::string::npos) << line;
  EXPECT_EQ(ran.cancellation.reason(), "the engine did not come back");
  EXPECT_EQ(ran.last_message, "the engine did not come back");
}

TEST(Cancellation, FirstReasonCounts) {
  Cancellation cancellation;
  EXPECT_EQ(cancellation.reason(), std::nullopt);
  cancellation.request("first");
  cancellation.request("second");
  EXPECT_EQ(cancellation.reason(), "first");
  EXPECT_TRUE(cancellation.token().stop_requested());
}

}  // namespace
}  // namespace executor::schedule
