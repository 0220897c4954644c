#include "executor/plan/sharding.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "tests/support/planned.h"

namespace executor::plan {
namespace {

using tests::PlannedText;
using tests::three_platforms;

std::string feature(int from, int to, const std::string& before = "") {
  std::string text = "Feature: f\n" + before;
  for (int i = from; i < to; ++i) {
    const auto number = std::to_string(i);
    text += "  Scenario: s" + number + "\n    When the 'a' process x\n    Then the 'b' process y\n";
  }
  return text;
}

/// Which shard takes each case, by the scenario's name and the combination.
std::map<std::string, std::uint32_t> shards_of(const std::string& text, std::uint32_t count) {
  std::map<std::string, std::uint32_t> shards;
  for (std::uint32_t index = 1; index <= count; ++index) {
    Selection selection;
    selection.shard = Shard{index, count};
    const PlannedText planned(text, three_platforms(), selection);
    for (const auto& one : planned.plan.cases) {
      const auto id = one.id().text();
      const auto key = std::string(one.scenario->name) + id.substr(id.find(' '));
      EXPECT_TRUE(shards.emplace(key, index).second) << key << " is in two shards";
    }
  }
  return shards;
}

TEST(Sharding, EveryCaseIsInOneShard) {
  EXPECT_EQ(shards_of(feature(0, 40), 7).size(), 360u);
}

TEST(Sharding, CasesStayWhereTheyAreWhenOthersComeAndGo) {
  const auto before = shards_of(feature(0, 40), 4);
  const auto after = shards_of(feature(3, 60, "  Scenario: new\n    When the 'a' process z\n\n"), 4);
  std::size_t compared = 0;
  for (const auto& [key, shard] : after) {
    const auto found = before.find(key);
    if (found == before.end()) continue;
    EXPECT_EQ(found->second, shard) << key;
    ++compared;
  }
  EXPECT_EQ(compared, 37u * 9);
}

TEST(Sharding, ShardsHaveNearlyTheSameNumberOfCases) {
  std::map<std::uint32_t, std::size_t> sizes;
  for (const auto& [key, shard] : shards_of(feature(0, 100), 4)) ++sizes[shard];
  ASSERT_EQ(sizes.size(), 4u);
  for (const auto& [shard, size] : sizes) {
    EXPECT_GE(size, 210u) << shard;  // of 225
    EXPECT_LE(size, 240u) << shard;
  }
}

TEST(Sharding, ScenariosThatAreAlikeAreDividedToo) {
  std::string text = "Feature: f\n";
  for (int i = 0; i < 8; ++i) text += "  Scenario: same\n    When the 'a' process x\n";
  Selection selection;
  selection.shard = Shard{2, 8};
  auto config = three_platforms();
  config.platforms.resize(1);
  EXPECT_EQ(PlannedText(text, config, selection).ids.size(), 1u);
}

}  // namespace
}  // namespace executor::plan
