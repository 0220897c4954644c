#include "executor/plan/covering.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "tests/unit/plan/all_rows.h"

namespace executor::plan {
namespace {

using Levels = std::vector<std::size_t>;

/// Every pair there can be, without constraints; no row too many; rows in order, none twice.
void expect_complete(const Levels& levels, const std::vector<Row>& rows) {
  std::size_t pairs = 0;
  for (std::size_t f = 0; f < levels.size(); ++f) {
    for (std::size_t g = f + 1; g < levels.size(); ++g) pairs += levels[f] * levels[g];
  }
  EXPECT_EQ(tests::pairs_of(rows).size(), pairs);
  EXPECT_EQ(std::adjacent_find(rows.begin(), rows.end(), std::greater_equal<>()), rows.end());
  std::map<tests::PairOfValues, std::size_t> count;
  for (const auto& row : rows) {
    for (const auto& pair : tests::pairs_of({row})) ++count[pair];
  }
  for (const auto& row : rows) {
    const auto of = tests::pairs_of({row});
    EXPECT_TRUE(std::any_of(of.begin(), of.end(), [&](const auto& pair) { return count[pair] == 1; }));
  }
}

TEST(Covering, AnyConstraintsThenAllowedRowsWithEveryPairThatHasOne) {
  EXPECT_TRUE(rc::check([] {
    const auto levels = tests::any_levels();
    const auto forbidden = tests::any_forbidden(levels);
    const auto allowed = tests::all_allowed(levels, forbidden);
    const auto rows = cover_pairs(levels, forbidden);
    for (const auto& row : rows) RC_ASSERT(std::binary_search(allowed.begin(), allowed.end(), row));
    RC_ASSERT(std::adjacent_find(rows.begin(), rows.end(), std::greater_equal<>()) == rows.end());
    if (levels.size() < 2) {
      RC_ASSERT(rows == allowed);
    } else {
      RC_ASSERT(tests::pairs_of(rows) == tests::pairs_of(allowed));
    }
    RC_ASSERT(cover_pairs(levels, forbidden) == rows);
  }));
}

TEST(Covering, NoFactorThenOneEmptyRow) {
  EXPECT_EQ(cover_pairs({}, {}), std::vector<Row>{{}});
  EXPECT_EQ(cover_pairs({}, {{{{0, {0}}}}}), std::vector<Row>{{}});
  EXPECT_EQ(cover_pairs({}, {Forbidden{}}), std::vector<Row>());
}

TEST(Covering, SingleFactorThenItsAllowedValues) {
  EXPECT_EQ(cover_pairs({3}, {}), (std::vector<Row>{{0}, {1}, {2}}));
  EXPECT_EQ(cover_pairs({3}, {{{{0, {1}}}}}), (std::vector<Row>{{0}, {2}}));
  EXPECT_EQ(cover_pairs({3}, {{{{0, {0, 2}}}}, {{{0, {1}}}}}), std::vector<Row>());
}

TEST(Covering, TwoFactorsThenAllAllowedPairs) {
  EXPECT_EQ(cover_pairs({2, 3}, {{{{0, {1}}, {1, {0, 2}}}}}),
            (std::vector<Row>{{0, 0}, {0, 1}, {0, 2}, {1, 1}}));
}

TEST(Covering, LevelsOfOneThenAsIfTheyWereNotThere) {
  EXPECT_EQ(cover_pairs({1}, {}), (std::vector<Row>{{0}}));
  EXPECT_EQ(cover_pairs({1, 1, 1, 1}, {}), (std::vector<Row>{{0, 0, 0, 0}}));
  EXPECT_EQ(cover_pairs({1, 3, 1}, {}), (std::vector<Row>{{0, 0, 0}, {0, 1, 0}, {0, 2, 0}}));
  EXPECT_EQ(cover_pairs({3, 1, 3, 3, 1, 3}, {}).size(), 9u);
}

TEST(Covering, NothingAllowedThenNoRows) {
  EXPECT_EQ(cover_pairs({3, 3, 3}, {Forbidden{}}), std::vector<Row>());
  EXPECT_EQ(cover_pairs({3, 0, 3}, {}), std::vector<Row>());
  EXPECT_EQ(cover_pairs({2, 2, 2}, {{{{0, {0, 1}}}}}), std::vector<Row>());
  // No pair is forbidden by a constraint of its own; together they leave nothing.
  EXPECT_EQ(cover_pairs({2, 2, 2}, tests::all_different(3, 2)), std::vector<Row>());
}

TEST(Covering, ConstraintsOfThreeFactorsThatRuleOutAPairTogether) {
  // With 0 and 0 in the first two, the third can have neither value.
  const std::vector<Forbidden> forbidden{{{{0, {0}}, {1, {0}}, {2, {0}}}}, {{{0, {0}}, {1, {0}}, {2, {1}}}}};
  const auto rows = cover_pairs({2, 2, 2}, forbidden);
  const auto pairs = tests::pairs_of(rows);
  EXPECT_EQ(pairs.size(), 11u);
  EXPECT_FALSE(pairs.contains({0, 0, 1, 0}));
}

TEST(Covering, RareRowsThatNoChangeOfOneValueReachesAreFound) {
  // Only rows of equal values, but for one way out.
  std::vector<Forbidden> forbidden;
  for (std::size_t f = 1; f < 5; ++f) {
    for (std::size_t a = 0; a < 4; ++a) {
      for (std::size_t b = 0; b < 4; ++b) {
        if (a != b && !(f == 4 && a == 3 && b == 0)) forbidden.push_back({{{f - 1, {a}}, {f, {b}}}});
      }
    }
  }
  EXPECT_EQ(cover_pairs(Levels(5, 4), forbidden),
            (std::vector<Row>{
                {0, 0, 0, 0, 0}, {1, 1, 1, 1, 1}, {2, 2, 2, 2, 2}, {3, 3, 3, 3, 0}, {3, 3, 3, 3, 3}}));
}

TEST(Covering, AllDifferentThenAsFewRowsAsPairs) {
  // q - 1 squares of q × q: an orthogonal array less its q constant rows.
  EXPECT_EQ(cover_pairs(Levels(3, 3), tests::all_different(3, 3)).size(), 6u);
  EXPECT_EQ(cover_pairs(Levels(4, 4), tests::all_different(4, 4)).size(), 12u);
  EXPECT_EQ(cover_pairs(Levels(5, 5), tests::all_different(5, 5)).size(), 20u);
}

/// The smallest sizes known for 2 to 12 factors, from 2 values upwards: C. Colbourn's "Covering Array
/// Tables", state of November 2024, as kept in the data set colbournBigFrame of the R package CAs (U.
/// Groemping).
const std::vector<std::vector<std::size_t>> kBestKnown{
    {4, 4, 5, 6, 6, 6, 6, 6, 6, 7, 7},             // exact: Katona 1973; Kleitman, Spencer 1973
    {9, 9, 9, 11, 12, 12, 13, 13, 14, 15, 15},     // to 4 factors orthogonal; Cohen, simulated annealing
    {16, 16, 16, 16, 19, 21, 22, 22, 24, 24, 24},  // to 5 orthogonal; Meagher, Stevens; Cohen; CKRS
    {25, 25, 25, 25, 25, 29, 33, 35, 36, 37, 38},  // to 6 orthogonal; Meagher, Stevens; Cohen; Torres-Jimenez
    {36, 36, 37, 39, 41, 42, 42, 46, 48, 51, 53},  // to 3 orthogonal; Cohen; Nurmela; Torres-Jimenez
    {49, 49, 49, 49, 49, 49, 49, 59, 61, 65, 71},  // to 8 orthogonal; CKRS; Meagher, Stevens; Torres-Jimenez
    {64, 64, 64, 64, 64, 64, 64, 64, 76, 78, 84},  // to 9 orthogonal; Torres-Jimenez; Meagher, Stevens; LCDST
};

TEST(Covering, UniformLevelsThenNearTheBestKnown) {
  double worst = 0;
  double sum = 0;
  for (std::size_t v = 2; v <= 8; ++v) {
    for (std::size_t k = 2; k <= 12; ++k) {
      const Levels levels(k, v);
      const auto rows = cover_pairs(levels, {});
      expect_complete(levels, rows);
      const auto best = kBestKnown[v - 2][k - 2];
      const double ratio = static_cast<double>(rows.size()) / static_cast<double>(best);
      EXPECT_LE(ratio, 1.1) << rows.size() << " rows for " << k << " factors of " << v << " values";
      worst = std::max(worst, ratio);
      sum += ratio / 77;
    }
  }
  EXPECT_LE(sum, 1.02);
  RecordProperty("worst", std::to_string(worst));
  RecordProperty("mean", std::to_string(sum));
}

TEST(Covering, MixedLevelsThenNearTheLeast) {
  const std::vector<Levels> cases{
      {6, 5, 4, 3},
      {2, 3, 4, 5, 6},
      {5, 5, 4, 4},
      {6, 6, 5, 5},
      {7, 6, 6, 6},
      {12, 11, 10, 9, 8, 7},
      {8, 8, 3, 3, 3, 3, 3, 3, 3, 3},
      {10, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3},
      {5, 3, 3, 3, 3, 3, 3, 3, 3, 2, 2},
      {5, 4, 4, 4, 4, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 2, 2, 2, 2, 2},
      {6, 5, 4, 4, 4, 4, 4, 4, 3, 3, 3, 3, 3, 3, 3, 3, 2, 2, 2},
      {7, 6, 5, 4, 4, 4, 4, 4, 4, 3, 3, 3, 3, 3, 3, 3, 3, 2, 2, 2},
  };
  for (const auto& levels : cases) {
    const auto rows = cover_pairs(levels, {});
    expect_complete(levels, rows);
    auto falling = levels;
    std::sort(falling.rbegin(), falling.rend());
    // Fewer rows than these two factors have pairs there cannot be.
    const auto least = falling[0] * falling[1];
    EXPECT_LE(static_cast<double>(rows.size()), 1.1 * static_cast<double>(least)) << rc::toString(levels);
  }
}

TEST(Covering, ThreeFactorsThenTheLeast) {
  for (std::size_t a = 1; a < 10; ++a) {
    for (std::size_t b = 1; b <= a; ++b) {
      for (std::size_t c = 1; c <= b; ++c) EXPECT_EQ(cover_pairs({c, a, b}, {}).size(), a * b);
    }
  }
}

/// FNV-1a of all values.
std::uint64_t fingerprint(const std::vector<Row>& rows) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const auto& row : rows) {
    for (const auto value : row) hash = (hash ^ value) * 0x100000001b3U;
  }
  return hash;
}

TEST(Covering, SameRowsOnEveryMachine) {
  // Write these anew when the method changes; nothing else may change them.
  EXPECT_EQ(cover_pairs(Levels(4, 2), {}),
            (std::vector<Row>{{0, 0, 0, 1}, {0, 1, 0, 0}, {0, 1, 1, 1}, {1, 0, 1, 0}, {1, 1, 0, 1}}));
  EXPECT_EQ(fingerprint(cover_pairs(Levels(10, 6), {})), 8542369387004788666U);
  EXPECT_EQ(fingerprint(cover_pairs({5, 4, 4, 3, 3, 2, 2}, tests::all_different(3, 3))),
            2684692393507240810U);
  EXPECT_EQ(fingerprint(cover_pairs(Levels(6, 6), tests::all_different(6, 6))), 13950587508030660240U);
}

TEST(Covering, TwelveFactorsOfTwelveValuesUnderConstraints) {
  // No two neighbours in a ring have the same value, and two of them not these three.
  const Levels levels(12, 12);
  std::vector<Forbidden> forbidden;
  for (std::size_t f = 0; f < 12; ++f) {
    for (std::size_t value = 0; value < 12; ++value)
      forbidden.push_back({{{f, {value}}, {(f + 1) % 12, {value}}}});
  }
  forbidden.push_back({{{0, {0, 1, 2}}, {5, {3, 4, 5}}, {11, {6, 7, 8}}}});
  const auto rows = cover_pairs(levels, forbidden);
  for (const auto& row : rows) ASSERT_FALSE(tests::is_forbidden(row, forbidden));
  EXPECT_EQ(tests::pairs_of(rows).size(), 66u * 144 - 12 * 12);
  EXPECT_LE(rows.size(), 187u);  // 1.3 × 144
}

}  // namespace
}  // namespace executor::plan
