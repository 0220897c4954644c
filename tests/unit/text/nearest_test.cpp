#include "executor/text/nearest.h"

#include <gtest/gtest.h>

namespace executor::text {
namespace {

TEST(EditDistance, CountsSingleChanges) {
  EXPECT_EQ(edit_distance("", "abc"), 3u);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3u);
  EXPECT_EQ(edit_distance("Givne", "Given"), 1u);
}

TEST(Nearest, FindsTheOneThatWasMeant) {
  const std::vector<std::string> keys{"memory", "mem_limit", "cpus", "pids_limit"};
  EXPECT_EQ(nearest("mem_limt", keys), "mem_limit");
  EXPECT_EQ(nearest("CPUS", keys), "cpus");
  EXPECT_EQ(nearest("volumes", keys), "");
  EXPECT_EQ(did_you_mean("cpu", keys), "; did you mean 'cpus'?");
  EXPECT_EQ(did_you_mean("x", keys), "");
}

TEST(Nearest, NothingIsNearAWordOfAMegabyte) {
  const std::vector<std::string> keywords(1000, "Scenario Outline:");
  EXPECT_EQ(nearest(std::string(1U << 20U, 'S'), keywords), "");
}

}  // namespace
}  // namespace executor::text
