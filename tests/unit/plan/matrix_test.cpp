#include "executor/plan/matrix.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/support/planned.h"

namespace executor::plan {
namespace {

using config::Combine;
using tests::PlannedText;
using tests::three_platforms;

const std::string kTwo = R"(Feature: f
  Scenario: s
    When the 'a' process x
    Then the 'b' process y
)";
const std::string kFour = kTwo + "    And the 'c' process y\n    And the 'd' process y\n";

Selection combined(Combine how) {
  Selection selection;
  selection.combine = how;
  return selection;
}

config::Config excluding(std::map<ProcessName, std::set<PlatformName>> where) {
  auto config = three_platforms();
  config.matrix.exclude.push_back({1, std::move(where)});
  return config;
}

/// For each pair of processes, the pairs of platforms that meet in some case.
std::set<std::string> meetings(const Plan& plan) {
  std::set<std::string> met;
  for (const auto& one : plan.cases) {
    for (std::size_t i = 0; i < one.platforms.size(); ++i) {
      for (std::size_t j = i + 1; j < one.platforms.size(); ++j) {
        met.insert(std::to_string(i) + std::to_string(j) + one.platforms[i]->name.text() + " " +
                   one.platforms[j]->name.text());
      }
    }
  }
  return met;
}

TEST(Matrix, SameLetsOnePlatformPlayAll) {
  EXPECT_EQ(
      PlannedText(kTwo, three_platforms(), combined(Combine::same)).ids,
      (std::vector<std::string>{"features/x.feature:2 a=python b=python", "features/x.feature:2 a=cpp b=cpp",
                                "features/x.feature:2 a=node b=node"}));
  const auto config = excluding({{ProcessName("a"), {PlatformName("cpp")}}});
  EXPECT_EQ(PlannedText(kTwo, config, combined(Combine::same)).ids.size(), 2u);
}

TEST(Matrix, PairwiseLetsEveryTwoPlatformsMeet) {
  const PlannedText planned(kFour, three_platforms(), combined(Combine::pairwise));
  EXPECT_EQ(planned.ids.size(), 9u);
  EXPECT_EQ(meetings(planned.plan).size(), 6u * 9);
  EXPECT_TRUE(std::is_sorted(planned.plan.cases.begin(), planned.plan.cases.end(), [](auto& x, auto& y) {
    return x.platforms < y.platforms;  // of one vector: in the config's order
  }));
}

TEST(Matrix, PairwiseRespectsExclusions) {
  const auto config =
      excluding({{ProcessName("a"), {PlatformName("cpp")}}, {ProcessName("b"), {PlatformName("cpp")}}});
  const PlannedText planned(kFour, config, combined(Combine::pairwise));
  EXPECT_EQ(meetings(planned.plan).size(), 6u * 9 - 1);
  EXPECT_FALSE(meetings(planned.plan).contains("01cpp cpp"));
}

TEST(Matrix, EachLetsEveryPlatformPlayEveryProcess) {
  const PlannedText planned(kFour, three_platforms(), combined(Combine::each));
  EXPECT_EQ(planned.ids.size(), 3u);
  std::set<std::pair<std::size_t, const config::Platform*>> played;
  for (const auto& one : planned.plan.cases) {
    for (std::size_t i = 0; i < one.platforms.size(); ++i) played.emplace(i, one.platforms[i]);
    EXPECT_GT((std::set(one.platforms.begin(), one.platforms.end()).size()), 1u);  // they are mixed
  }
  EXPECT_EQ(played.size(), 12u);
}

TEST(Matrix, ConfigSaysHowToCombineUnlessTheSelectionDoes) {
  auto config = three_platforms();
  config.matrix.combine = Combine::same;
  EXPECT_EQ(PlannedText(kTwo, config).ids.size(), 3u);
  EXPECT_EQ(PlannedText(kTwo, config, combined(Combine::all)).ids.size(), 9u);
}

TEST(Matrix, OneCombinationIsFoundHoweverTheRestIsCombined) {
  auto selection = combined(Combine::pairwise);
  selection.combo = {{ProcessName("a"), "cpp"},
                     {ProcessName("b"), "node"},
                     {ProcessName("c"), "node"},
                     {ProcessName("d"), "node"}};
  EXPECT_EQ(PlannedText(kFour, three_platforms(), selection).ids,
            std::vector<std::string>{"features/x.feature:2 a=cpp b=node c=node d=node"});
}

TEST(Matrix, OnlyTheNamedPlatformsPlay) {
  Selection selection;
  selection.platforms = {PlatformName("cpp"), PlatformName("node")};
  EXPECT_EQ(PlannedText(kTwo, three_platforms(), selection).ids.size(), 4u);
}

TEST(Matrix, OneProcessIsPlayedByEveryPlatformInAnyWay) {
  auto config = three_platforms();
  config.default_process = ProcessName("main");
  for (const auto how : {Combine::all, Combine::pairwise, Combine::same, Combine::each}) {
    EXPECT_EQ(PlannedText("Feature: f\n Scenario: s\n  When x\n", config, combined(how)).ids.size(), 3u);
  }
}

}  // namespace
}  // namespace executor::plan
