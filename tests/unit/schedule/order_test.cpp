#include "executor/schedule/order.h"

#include <gtest/gtest.h>

namespace executor::schedule {
namespace {

using namespace std::chrono_literals;
using Order = std::vector<std::size_t>;

TEST(LongestFirst, PutsLongOnesBeforeShortOnes) {
  EXPECT_EQ(longest_first({1ms, 30ms, 2ms}), (Order{1, 2, 0}));
}

TEST(LongestFirst, UnknownOnesComeFirstAsTheyStand) {
  EXPECT_EQ(longest_first({1h, std::nullopt, 2h, std::nullopt}), (Order{1, 3, 2, 0}));
}

TEST(LongestFirst, EquallyLongOnesStayAsTheyStand) {
  EXPECT_EQ(longest_first({5ms, 5ms, 5ms}), (Order{0, 1, 2}));
  EXPECT_EQ(longest_first({}), Order{});
}

}  // namespace
}  // namespace executor::schedule
