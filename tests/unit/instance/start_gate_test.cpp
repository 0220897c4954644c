#include "executor/instance/start_gate.h"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>
#include <vector>

namespace executor::instance {
namespace {

using namespace std::chrono_literals;

TEST(ClimbingLimit, GoesOnWhileMoreGetsDone) {
  ClimbingLimit limit(1, 4, 10);
  limit.learn(10);
  limit.learn(12);
  EXPECT_EQ(limit.value(), 6U);
}

TEST(ClimbingLimit, TurnsWhereLessGetsDone) {
  ClimbingLimit limit(1, 4, 10);
  limit.learn(10);
  limit.learn(8);
  EXPECT_EQ(limit.value(), 4U);
  limit.learn(9);
  EXPECT_EQ(limit.value(), 3U);
}

TEST(ClimbingLimit, StaysWithinItsBounds) {
  ClimbingLimit limit(2, 3, 5);
  for (int i = 1; i < 50; ++i) {
    limit.learn(i);
    EXPECT_GE(limit.value(), 2U);
    EXPECT_LE(limit.value(), 5U);
  }
}

TEST(StartGate, LetsTwiceTheProcessorsThroughAndTheNextOnlyAfterOneHasLeft) {
  StartGate gate;
  gate.know_cpus(2);
  std::vector<StartGate::Pass> passes;
  for (int i = 0; i < 4; ++i) {
    auto pass = gate.enter(base::Deadline::in(10s), {});
    ASSERT_TRUE(pass);
    passes.push_back(std::move(*pass));
  }
  EXPECT_FALSE(gate.enter(base::Deadline::in(20ms), {}));
  passes.pop_back();
  EXPECT_TRUE(gate.enter(base::Deadline::in(10s), {}));
}

TEST(StartGate, StopEndsTheWait) {
  StartGate gate;
  gate.know_cpus(1);
  std::vector<StartGate::Pass> passes;
  while (auto pass = gate.enter(base::Deadline::in(10ms), {})) passes.push_back(std::move(*pass));
  std::stop_source stop;
  std::jthread stopper([&stop] { stop.request_stop(); });
  EXPECT_FALSE(gate.enter(base::Deadline::never(), stop.get_token()));
}

}  // namespace
}  // namespace executor::instance
