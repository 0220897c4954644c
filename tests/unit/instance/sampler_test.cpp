#include "executor/instance/sampler.h"

#include <gtest/gtest.h>

#include "base/latch.h"

namespace executor::instance {
namespace {

Reading reading(const model::Usage& usage) {
  return {usage, usage, false};
}

/// Counts how often it is asked, and says when that was often enough.
class Counting final : public UsageSource {
 public:
  explicit Counting(bool cheap = true) : cheap_(cheap) {}
  std::optional<Reading> read(milliseconds /*patience*/) override {
    const model::Usage now{++count, 0, 1, 0, 0};
    if (count == 4) thrice.set(true);  // what came before has been kept by now
    return reading(now);
  }
  [[nodiscard]] model::MeasuredBy how() const override { return model::MeasuredBy::engine; }
  [[nodiscard]] bool is_cheap() const override { return cheap_; }

  std::int64_t count = 0;
  base::Latch<bool> thrice;

 private:
  const bool cheap_;
};

TEST(Meter, PeakIsTheHighestOfEach) {
  Meter meter;
  meter.add(base::Clock::now(), reading({100, 5, 3, 7, 0}));
  meter.add(base::Clock::now(), reading({50, 9, 1, 7, 2}));
  meter.add_total({60, 11, 0, 0, 0});
  EXPECT_EQ(meter.peak().memory, 100);
  EXPECT_EQ(meter.peak().cpu_nanoseconds, 11);
  EXPECT_EQ(meter.peak().pids, 3);
  EXPECT_EQ(meter.peak().write_bytes, 2);
  EXPECT_EQ(meter.samples().size(), 2u);
}

TEST(Meter, PeakThatTheKernelKeepsIsAboveWhatWasSeen) {
  Meter meter;
  meter.add(base::Clock::now(), {{100, 5, 1, 0, 0}, {900, 5, 8, 0, 0}, false});
  EXPECT_EQ(meter.peak().memory, 900);
  EXPECT_EQ(meter.peak().pids, 8);
  EXPECT_EQ(meter.samples().front().second.memory, 100);
}

TEST(Meter, WhatIsLeftOfOneThatIsOverIsNoSample) {
  Meter meter;
  meter.add(base::Clock::now(), {{1, 5, 0, 0, 0}, {900, 5, 8, 0, 0}, true});
  EXPECT_EQ(meter.peak().memory, 900);
  EXPECT_TRUE(meter.samples().empty());
}

TEST(Meter, LongLifeIsThinnedOutAndKeepsItsPeak) {
  Meter meter;
  const auto begin = base::Clock::now();
  for (int i = 0; i < 100'000; ++i) {
    meter.add(begin + std::chrono::seconds(i), reading({i == 55'555 ? 1'000'000 : i, i, 1, 0, 0}));
  }
  const auto samples = meter.samples();
  EXPECT_LT(samples.size(), 65u);
  EXPECT_GT(samples.size(), 30u);
  EXPECT_EQ(samples.front().second.memory, 0);
  EXPECT_GT(samples.back().second.memory, 90'000);
  EXPECT_EQ(meter.peak().memory, 1'000'000);
}

TEST(Meter, NothingSeenSaysSo) {
  const Meter meter(std::make_unique<Counting>());
  EXPECT_TRUE(meter.is_empty());
  EXPECT_EQ(meter.how(), model::MeasuredBy::nothing);
}

TEST(Meter, WhatCouldBlockIsNotAskedWhereThatMustNotBe) {
  Meter meter(std::make_unique<Counting>(false));
  meter.measure_if_cheap();
  EXPECT_TRUE(meter.is_empty());
  meter.measure();
  EXPECT_EQ(meter.how(), model::MeasuredBy::engine);
}

TEST(Meter, ClosedIsNotLookedAtAndKeepsWhatWasSeen) {
  Meter meter(std::make_unique<Counting>());
  meter.measure();
  meter.close();
  meter.measure();
  EXPECT_EQ(meter.peak().memory, 1);
}

TEST(Sampler, LooksAgainAndAgainForAsLongAsSomebodyCares) {
  Sampler sampler(milliseconds(1));
  auto source = std::make_unique<Counting>();
  auto& counting = *source;
  auto meter = std::make_shared<Meter>(std::move(source));
  sampler.watch(meter);
  EXPECT_TRUE(counting.thrice.wait(base::Deadline::in(std::chrono::seconds(30)), {}).has_value());
  EXPECT_GE(meter->peak().memory, 3);
}

}  // namespace
}  // namespace executor::instance
