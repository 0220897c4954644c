#include "executor/plan/allowed_rows.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "executor/plan/random.h"
#include "tests/unit/plan/all_rows.h"

namespace executor::plan {
namespace {

bool agrees(const Row& row, const Row& partial) {
  for (std::size_t f = 0; f < row.size(); ++f) {
    if (partial[f] != kOpen && partial[f] != row[f]) return false;
  }
  return true;
}

TEST(AllowedRows, AnyPartialRowIsCompletedIfAndOnlyIfAnAllowedRowAgrees) {
  EXPECT_TRUE(rc::check([] {
    const auto levels = tests::any_levels();
    const auto forbidden = tests::any_forbidden(levels);
    const auto allowed = tests::all_allowed(levels, forbidden);
    AllowedRows rows(levels, forbidden);
    for (int question = 0; question < 20; ++question) {
      Row partial;
      for (const auto count : levels) {
        const bool is_open = count == 0 || *rc::gen::arbitrary<bool>();
        partial.push_back(is_open ? kOpen : *rc::gen::inRange<std::size_t>(0, count));
      }
      const auto completed = rows.completed(partial);
      const bool exists =
          std::any_of(allowed.begin(), allowed.end(), [&](const Row& row) { return agrees(row, partial); });
      RC_ASSERT(completed.has_value() == exists);
      if (!completed) continue;
      RC_ASSERT(agrees(*completed, partial));
      RC_ASSERT(std::binary_search(allowed.begin(), allowed.end(), *completed));
    }
  }));
}

TEST(AllowedRows, AnyRowIsContainedIfAndOnlyIfNoConstraintIsMet) {
  EXPECT_TRUE(rc::check([] {
    const auto levels = tests::any_levels();
    const auto forbidden = tests::any_forbidden(levels);
    const AllowedRows rows(levels, forbidden);
    for (const auto& row : tests::all_allowed(levels, {})) {
      RC_ASSERT(rows.contains(row) == !tests::is_forbidden(row, forbidden));
    }
  }));
}

TEST(AllowedRows, MoreConstraintsThanAWordHasBitsAreAllHeld) {
  // A row of 6 of 5 values without a repetition: the pigeonhole principle, in 75 constraints.
  AllowedRows none({5, 5, 5, 5, 5, 5}, tests::all_different(6, 5));
  EXPECT_FALSE(none.completed(Row(6, kOpen)));
  AllowedRows some({6, 6, 6, 6, 6, 6}, tests::all_different(6, 6));
  const auto row = some.completed({kOpen, 3, kOpen, kOpen, kOpen, 0});
  ASSERT_TRUE(row);
  EXPECT_EQ(std::set<std::size_t>(row->begin(), row->end()).size(), 6u);
}

/// Constraints on `width` random factors each, of a share of their values.
std::vector<Forbidden> random_constraints(std::size_t width, std::size_t percent, Random& random) {
  std::vector<Forbidden> forbidden(30);
  for (auto& each : forbidden) {
    std::vector<std::size_t> factors{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
    random.shuffle(factors);
    factors.resize(width);
    for (const auto factor : factors) {
      each.where.emplace_back(factor, std::vector<std::size_t>());
      for (std::size_t value = 0; value < 12; ++value) {
        if (random.below(100) < percent) each.where.back().second.push_back(value);
      }
    }
  }
  return forbidden;
}

TEST(AllowedRows, HardestThirtyConstraintsOfTwelveFactorsNeedBoundedWork) {
  // With these shares about half of the pairs are possible, which is where searches of this kind take
  // longest.
  const std::vector<std::pair<std::size_t, std::size_t>> kinds{{2, 60}, {3, 75}, {4, 82}, {6, 87}};
  Random random;
  for (const auto& [width, percent] : kinds) {
    const auto forbidden = random_constraints(width, percent, random);
    AllowedRows rows(std::vector<std::size_t>(12, 12), forbidden);
    std::size_t possible = 0;
    std::size_t most = 0;
    for (int question = 0; question < 2000; ++question) {
      Row partial(12, kOpen);
      partial[random.below(6)] = random.below(12);
      partial[random.below(6) + 6] = random.below(12);
      const auto before = rows.comparisons();
      const auto row = rows.completed(partial);
      most = std::max(most, rows.comparisons() - before);
      possible += row ? 1U : 0U;
      ASSERT_FALSE(row && tests::is_forbidden(*row, forbidden));
    }
    RecordProperty("width_" + std::to_string(width),
                   std::to_string(possible) + " possible, at most " + std::to_string(most));
    EXPECT_LT(most, 500'000u) << width;
  }
}

}  // namespace
}  // namespace executor::plan
