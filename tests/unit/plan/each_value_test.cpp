#include "executor/plan/each_value.h"

#include <gtest/gtest.h>

namespace executor::plan {
namespace {

TEST(EachValue, AsManyRowsAsTheMostValues) {
  for (std::size_t factors = 1; factors <= 6; ++factors) {
    for (std::size_t values = 1; values <= 6; ++values) {
      EXPECT_EQ(cover_each(std::vector(factors, values), {}).size(), values) << factors << "×" << values;
    }
  }
  EXPECT_EQ(cover_each({2, 5, 3}, {}).size(), 5u);
}

TEST(EachValue, ValuesAreMixed) {
  EXPECT_EQ(cover_each({3, 3}, {}), (std::vector<Row>{{0, 1}, {1, 2}, {2, 0}}));
}

TEST(EachValue, ForbiddenRowsAreAvoidedAndImpossibleValuesLeftOut) {
  // 0 of the first needs 2 of the second; 1 of the second is in no row at all.
  const std::vector<Forbidden> rules{{{{0, {0}}, {1, {0, 1}}}}, {{{1, {1}}}}};
  const auto rows = cover_each({2, 3}, rules);
  EXPECT_EQ(rows, (std::vector<Row>{{0, 2}, {1, 0}}));
}

TEST(EachValue, NothingAllowedIsNoRow) {
  EXPECT_TRUE(cover_each({2}, {{{{0, {0, 1}}}}}).empty());
  EXPECT_TRUE(cover_each({2, 0}, {}).empty());
  EXPECT_EQ(cover_each({}, {}), std::vector<Row>{Row()});
}

}  // namespace
}  // namespace executor::plan
