#include "executor/schedule/admission.h"

#include <gtest/gtest.h>

#include "tests/support/planned.h"

namespace executor::schedule {
namespace {

constexpr std::int64_t kMiB = std::int64_t{1} << 20U;
constexpr std::int64_t kCpu = 1'000'000'000;

TEST(Need, IsTheSumOfTheLimitsAndWhatIsShared) {
  const tests::PlannedText planned(
      "@volume @memory:100m\nFeature: f\n Scenario: s\n  When the 'w' process writes\n  Then the 'r' process "
      "reads\n");
  const auto need = need_of(planned.plan.cases.at(0), {});
  EXPECT_EQ(need.memory, (2 * 100 + 64) * kMiB);
  EXPECT_EQ(need.nano_cpus, 2 * kCpu);
}

TEST(Need, InstanceWithoutALimitCountsAsTheBuiltInOne) {
  const tests::PlannedText planned("Feature: f\n Scenario: s\n  When the 'w' process writes\n");
  Options options;
  options.limits.none = true;
  EXPECT_EQ(need_of(planned.plan.cases.at(0), options).memory, 256 * kMiB);
}

TEST(Admission, NeverPromisesMoreMemoryThanThereIs) {
  Admission admission;
  admission.know({1000 * kMiB, 0});
  admission.enter({500 * kMiB, 0});
  EXPECT_TRUE(admission.fits({350 * kMiB, 0}));
  EXPECT_FALSE(admission.fits({351 * kMiB, 0}));  // something is left for the engine and the rest
  admission.leave({500 * kMiB, 0});
  EXPECT_TRUE(admission.fits({351 * kMiB, 0}));
}

TEST(Admission, CaseThatIsTooLargeRunsAlone) {
  Admission admission;
  admission.know({1000 * kMiB, 0});
  EXPECT_TRUE(admission.fits({5000 * kMiB, 0}));
  admission.enter({5000 * kMiB, 0});
  EXPECT_FALSE(admission.fits({1 * kMiB, 0}));
}

TEST(Admission, CpuTimeIsPromisedSomeTimesOver) {
  Admission admission;
  admission.know({0, 2 * kCpu});
  for (int i = 0; i < 8; ++i) {
    EXPECT_TRUE(admission.fits({0, 2 * kCpu})) << i;
    admission.enter({0, 2 * kCpu});
  }
  EXPECT_FALSE(admission.fits({0, 2 * kCpu}));
}

TEST(Admission, OneAtATimeUntilItIsKnownWhatThereIs) {
  Admission admission;
  EXPECT_TRUE(admission.fits({1 * kMiB, 0}));
  admission.enter({1 * kMiB, 0});
  EXPECT_FALSE(admission.fits({1 * kMiB, 0}));
  admission.know({1000 * kMiB, 0});
  EXPECT_TRUE(admission.fits({1 * kMiB, 0}));
}

TEST(Admission, WhatIsNotToldIsNoLimit) {
  Admission admission;
  admission.know({0, 0});
  admission.enter({1'000'000 * kMiB, 1000 * kCpu});
  EXPECT_TRUE(admission.fits({1'000'000 * kMiB, 1000 * kCpu}));
}

}  // namespace
}  // namespace executor::schedule
