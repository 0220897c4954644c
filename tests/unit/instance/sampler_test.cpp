#include "executor/instance/sampler.h"

#include <gtest/gtest.h>

namespace executor::instance {
namespace {

TEST(Meter, PeakIsTheHighestOfEach) {
  Meter meter;
  meter.add(base::Clock::now(), {100, 5, 3, 7, 0});
  meter.add(base::Clock::now(), {50, 9, 1, 7, 2});
  EXPECT_EQ(meter.peak().memory, 100);
  EXPECT_EQ(meter.peak().cpu_nanoseconds, 9);
  EXPECT_EQ(meter.peak().pids, 3);
  EXPECT_EQ(meter.peak().write_bytes, 2);
  EXPECT_EQ(meter.samples().size(), 2u);
}

TEST(Meter, LongLifeIsThinnedOutAndKeepsItsPeak) {
  Meter meter;
  const auto begin = base::Clock::now();
  for (int i = 0; i < 100'000; ++i) {
    meter.add(begin + std::chrono::seconds(i), {i == 55'555 ? 1'000'000 : i, i, 1, 0, 0});
  }
  const auto samples = meter.samples();
  EXPECT_LT(samples.size(), 241u);
  EXPECT_GT(samples.size(), 100u);
  EXPECT_EQ(samples.front().second.memory, 0);
  EXPECT_GT(samples.back().second.memory, 99'000);
  EXPECT_EQ(meter.peak().memory, 1'000'000);
}

}  // namespace
}  // namespace executor::instance
