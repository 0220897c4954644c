#include "executor/schedule/runner.h"

#include <gtest/gtest.h>

#include "tests/support/fake_server.h"
#include "tests/support/planned.h"

namespace executor::schedule {
namespace {

struct Ran {
  Ran() : planned("Feature: f\n Scenario: s\n  When the 'w' process writes\n") {}

  /// "started 0", "passed 0", …
  std::vector<std::string> run() {
    run_plan(planned.plan, options, sites, id, cancellation, events);
    std::vector<std::string> seen;
    for (const auto& event : events.drain()) {
      if (const auto* started = std::get_if<model::CaseStarted>(&event)) {
        seen.push_back("started " + std::to_string(started->index));
      } else if (const auto* finished = std::get_if<model::CaseFinished>(&event)) {
        seen.push_back(std::string(model::name_of(finished->report.outcome)) + " " +
                       std::to_string(finished->index));
        last_message = model::message_of(finished->report.outcome);
      }
    }
    return seen;
  }

  tests::PlannedText planned;
  tests::FakeSites sites;
  Options options;
  model::RunId id{"run"};
  Cancellation cancellation;
  EventQueue events;
  std::string last_message;
};

TEST(RunPlan, TellsOfEveryCaseInThePlansOrder) {
  Ran ran;
  EXPECT_EQ(ran.run(), (std::vector<std::string>{"started 0", "passed 0", "started 1", "passed 1",
                                                 "started 2", "passed 2"}));
}

TEST(RunPlan, CaseThatFailsDoesNotStopTheNext) {
  Ran ran;
  tests::Behaviour exits;
  exits.exit_on_step = instance::Exit{1, false};
  ran.sites.behaviours["w"] = {exits};
  EXPECT_EQ(ran.run(), (std::vector<std::string>{"started 0", "exited 0", "started 1", "passed 1",
                                                 "started 2", "passed 2"}));
}

TEST(RunPlan, MaxFailCancelsTheRestAndSaysWhy) {
  Ran ran;
  tests::Behaviour exits;
  exits.exit_on_step = instance::Exit{1, false};
  ran.sites.behaviours["w"] = {{}, exits};
  ran.options.max_fail = 1;
  EXPECT_EQ(ran.run(),
            (std::vector<std::string>{"started 0", "passed 0", "started 1", "exited 1", "cancelled 2"}));
  EXPECT_EQ(ran.last_message, "--max-fail 1: reached with features/x.feature:2 w=cpp");
}

TEST(RunPlan, CancelledCaseHasTheReasonOfTheCancellation) {
  Ran ran;
  ran.sites.on_open = [&ran] { ran.cancellation.request("SIGINT"); };
  EXPECT_EQ(ran.run(), (std::vector<std::string>{"started 0", "cancelled 0", "cancelled 1", "cancelled 2"}));
  EXPECT_EQ(ran.last_message, "SIGINT");
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
