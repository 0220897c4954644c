#include "executor/plan/orthogonal_rows.h"

#include <gtest/gtest.h>

#include "tests/unit/plan/all_rows.h"

namespace executor::plan {
namespace {

TEST(OrthogonalRows, PrimePowerGivesEachPairOfOneFactorMoreExactlyOnce) {
  for (const std::size_t q : {2U, 3U, 4U, 5U, 7U, 8U, 9U, 11U, 13U, 16U, 17U, 19U, 25U, 27U, 32U}) {
    const auto lists = orthogonal_rows(std::vector<std::size_t>(q + 1, q));
    ASSERT_EQ(lists.size(), 1u) << q;
    EXPECT_EQ(lists[0].size(), q * q);
    EXPECT_EQ(tests::pairs_of(lists[0]).size(), q * q * q * (q + 1) / 2) << q;
  }
}

TEST(OrthogonalRows, ThreeFactorsOfAnyLevelsHaveAllPairsInTheLeastRows) {
  for (std::size_t a = 2; a < 13; ++a) {
    for (std::size_t b = 2; b <= a; ++b) {
      for (std::size_t c = 2; c <= b; ++c) {
        const auto lists = orthogonal_rows({c, a, b});
        EXPECT_EQ(lists[0].size(), a * b);
        std::size_t whole = 0;
        for (const auto& [f, x, g, y] : tests::pairs_of(lists[0]))
          whole += x != kOpen && y != kOpen ? 1U : 0U;
        EXPECT_EQ(whole, a * b + a * c + b * c) << a << ' ' << b << ' ' << c;
      }
    }
  }
}

TEST(OrthogonalRows, WidthsGrowUntilNoFactorIsLeftOut) {
  const auto lists = orthogonal_rows(std::vector<std::size_t>(10, 6));
  ASSERT_EQ(lists.size(), 3u);  // 7, 8 and 9
  EXPECT_EQ(lists[0].size(), 49u);
  EXPECT_EQ(lists[0][0].back(), kOpen);
  EXPECT_EQ(lists[2].size(), 81u);
  EXPECT_EQ(lists[2].back(), Row(10, kOpen));
}

}  // namespace
}  // namespace executor::plan
