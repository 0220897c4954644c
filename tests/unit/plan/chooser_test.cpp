#include "executor/plan/chooser.h"

#include <gtest/gtest.h>

#include "tests/support/planned.h"

namespace executor::plan {
namespace {

using tests::PlannedText;
using tests::three_platforms;

const std::string kText = R"(@top
Feature: f
  @unit @slow
  Scenario: writes a frame
    When the 'w' process a
  @skip:later
  Scenario: reads a frame
    When the 'w' process b
  @integration @planned
  Scenario Outline: counts <n> frames
    When the 'w' process c
    Examples:
      | n |
      | 1 |
    @slow
    Examples:
      | n |
      | 2 |
)";

/// One platform, so that there are as many cases as scenarios.
config::Config one_platform() {
  auto config = three_platforms();
  config.platforms.resize(1);
  return config;
}

std::vector<std::uint32_t> lines(const Selection& selection, const std::string& uri = "features/x.feature") {
  const PlannedText planned(kText, one_platform(), selection, uri);
  EXPECT_EQ(planned.errors, std::vector<std::string>());
  std::vector<std::uint32_t> list;
  for (const auto& one : planned.plan.cases) list.push_back(one.scenario->line);
  return list;
}

using Lines = std::vector<std::uint32_t>;

Selection with_tags(std::vector<std::string> expressions) {
  Selection selection;
  for (const auto& text : expressions) selection.tags.push_back(*gherkin::TagExpression::parse(text));
  return selection;
}

TEST(Chooser, NoWishTakesAll) {
  EXPECT_EQ(lines({}), (Lines{4, 7, 14, 18}));
}

TEST(Chooser, TagsAreThoseOfTheWholePickle) {
  EXPECT_EQ(lines(with_tags({"@slow"})), (Lines{4, 18}));
  EXPECT_EQ(lines(with_tags({"@top and not @slow"})), (Lines{7, 14}));
  EXPECT_EQ(lines(with_tags({"@slow", "@planned"})), Lines{18});
  EXPECT_EQ(lines(with_tags({"@skip"})), Lines{});
  EXPECT_EQ(lines(with_tags({"@skip:later"})), Lines{7});
}

TEST(Chooser, NamesAreThoseWithTheirPlaceholdersFilled) {
  Selection selection;
  selection.names.push_back({"^counts \\d", std::regex("^counts \\d")});
  EXPECT_EQ(lines(selection), (Lines{14, 18}));
  selection.names.push_back({"read", std::regex("read")});
  EXPECT_EQ(lines(selection), (Lines{7, 14, 18}));
}

TEST(Chooser, LevelIsATagOrAFolder) {
  Selection selection;
  selection.levels = {Level::unit};
  EXPECT_EQ(lines(selection), Lines{4});
  EXPECT_EQ(lines(selection, "features/unit/x.feature"), (Lines{4, 7, 14, 18}));
  EXPECT_EQ(lines(selection, "features/unit.feature"), Lines{4});
  selection.levels.insert(Level::integration);
  EXPECT_EQ(lines(selection), (Lines{4, 14, 18}));
}

TEST(Chooser, LineOfABackgroundStandsForAllThatItBegins) {
  const std::string text = R"(Feature: f
  Background:
    Given the 'w' process a
  Scenario: one
    When the 'w' process b
  Rule: r
    Background:
      Given the 'w' process c
    Scenario: two
      When the 'w' process b
)";
  const auto lines_at = [&text](std::uint32_t line) {
    Selection selection;
    selection.paths.push_back({"features/x.feature", line});
    Lines list;
    for (const auto& one : PlannedText(text, one_platform(), selection).plan.cases)
      list.push_back(one.scenario->line);
    return list;
  };
  EXPECT_EQ(lines_at(2), (Lines{4, 9}));
  EXPECT_EQ(lines_at(3), (Lines{4, 9}));
  EXPECT_EQ(lines_at(7), Lines{9});
  EXPECT_EQ(lines_at(8), Lines{9});
}

TEST(Chooser, SkippedAndPlannedOnesAreCarriedOutWhenAskedFor) {
  Selection selection;
  EXPECT_EQ(PlannedText(kText, one_platform(), selection).plan.cases.at(1).scenario->skip, "@skip: later");
  selection.only_skipped = true;
  const PlannedText skipped(kText, one_platform(), selection);
  ASSERT_EQ(skipped.plan.cases.size(), 1u);
  EXPECT_EQ(skipped.plan.cases.at(0).scenario->skip, std::nullopt);
  selection.only_skipped = false;
  selection.only_planned = true;
  EXPECT_EQ(lines(selection), (Lines{14, 18}));
  selection.only_slow = true;
  EXPECT_EQ(lines(selection), Lines{18});
}

TEST(Chooser, CountsWhatEveryWishLeaves) {
  auto selection = with_tags({"@slow"});
  selection.paths.push_back({"features/x.feature", 10});
  selection.only_skipped = true;
  const auto narrowings = PlannedText(kText, one_platform(), selection).plan.narrowings;
  ASSERT_EQ(narrowings.size(), 3u);
  EXPECT_EQ(narrowings[0].by, "the paths");
  EXPECT_EQ(narrowings[0].before, 4u);
  EXPECT_EQ(narrowings[0].left, 2u);
  EXPECT_EQ(narrowings[1].by, "the tags");
  EXPECT_EQ(narrowings[1].left, 1u);
  EXPECT_EQ(narrowings[2].by, "--only-skipped");
  EXPECT_EQ(narrowings[2].before, 1u);
  EXPECT_EQ(narrowings[2].left, 0u);
}

WantedCase wanted(std::uint32_t line, std::vector<std::pair<std::string, std::string>> combination) {
  WantedCase one{"features/x.feature", line, {}, "the id", {"ids", 1, 0}};
  for (auto& [process, platform] : combination) {
    one.combination.emplace_back(ProcessName(process), PlatformName(platform));
  }
  return one;
}

PlannedText planned_for(std::vector<WantedCase> cases) {
  Selection selection;
  selection.cases = std::move(cases);
  return PlannedText(kText, three_platforms(), selection);
}

TEST(WantedCases, AreTakenByTheirIdsOnceInThePlansOrder) {
  const auto planned = planned_for(
      {wanted(14, {{"w", "node"}}), wanted(4, {}), wanted(14, {{"w", "cpp"}}), wanted(14, {{"w", "cpp"}})});
  EXPECT_EQ(planned.ids,
            (std::vector<std::string>{"features/x.feature:4 w=python", "features/x.feature:4 w=cpp",
                                      "features/x.feature:4 w=node", "features/x.feature:14 w=node",
                                      "features/x.feature:14 w=cpp"}));
}

TEST(WantedCases, NoneIsNotAll) {
  EXPECT_TRUE(planned_for({}).ids.empty());
}

TEST(WantedCases, WhatIsNoCaseIsAnErrorWithItsPlace) {
  const auto error = [](const WantedCase& one) { return planned_for({one}).errors.at(0); };
  EXPECT_EQ(error(wanted(5, {{"w", "cpp"}})), "ids:1: there is no case 'the id': no scenario begins there");
  EXPECT_EQ(error(wanted(4, {{"v", "cpp"}})), "ids:1: there is no case 'the id': it has no process 'v'");
  EXPECT_EQ(error(wanted(4, {{"w", "rust"}})),
            "ids:1: there is no case 'the id': 'w' is not played by 'rust'");
}

}  // namespace
}  // namespace executor::plan
