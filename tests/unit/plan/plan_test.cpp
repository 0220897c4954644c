#include "executor/plan/plan.h"

#include <gtest/gtest.h>

#include "tests/support/planned.h"

namespace executor::plan {
namespace {

using tests::three_platforms;
using Planned = tests::PlannedText;

const std::string kTwoProcesses = R"(Feature: f
  Scenario: s
    When the 'writer' process writes
    Then the 'reader' process reads
)";

TEST(MakePlan, FullMatrixInOrder) {
  const Planned p(kTwoProcesses);
  EXPECT_EQ(p.errors, std::vector<std::string>());
  ASSERT_EQ(p.ids.size(), 9u);
  EXPECT_EQ(p.ids[0], "features/x.feature:2 writer=python reader=python");
  EXPECT_EQ(p.ids[1], "features/x.feature:2 writer=python reader=cpp");
  EXPECT_EQ(p.ids[3], "features/x.feature:2 writer=cpp reader=python");
  EXPECT_EQ(p.ids[8], "features/x.feature:2 writer=node reader=node");
}

TEST(MakePlan, StepsKnowTheirProcessTypeAndCommand) {
  const Planned p(R"(Feature: f
  Scenario: s
    * the 'a' process opens
    When the 'a' process says 'the 'b' process'
    And the 'b' process should have exited
    But The 'a' process is killed
    Then the 'a' process should have exited with code 137
)");
  EXPECT_EQ(p.errors, std::vector<std::string>());
  const auto& steps = p.plan.scenarios.at(0)->steps;
  EXPECT_EQ(steps[0].type, StepType::given);
  EXPECT_EQ(steps[1].command, "says 'the 'b' process'");
  EXPECT_EQ(steps[1].process, 0u);
  EXPECT_EQ(steps[2].type, StepType::when);
  EXPECT_EQ(steps[2].built_in, BuiltIn::none);
  EXPECT_EQ(steps[2].process, 1u);
  EXPECT_EQ(steps[3].built_in, BuiltIn::is_killed);
  EXPECT_EQ(steps[4].exit_code, 137);
  EXPECT_TRUE(p.plan.scenarios.at(0)->changes_lives);
}

TEST(MakePlan, StepWithoutProcessGoesToTheDefaultOrIsAnError) {
  const std::string text = "Feature: f\n Scenario: s\n  Given a file is open\n";
  EXPECT_EQ(Planned(text).errors,
            std::vector<std::string>{
                "features/x.feature:3:3: 'a file is open' names no process; write \"the 'NAME' "
                "process …\", or set default_process in cexec.yaml"});
  auto config = three_platforms();
  config.default_process = ProcessName("main");
  const Planned p(text, config);
  EXPECT_EQ(p.ids.at(0), "features/x.feature:2 main=python");
  EXPECT_EQ(p.plan.scenarios.at(0)->steps.at(0).command, "a file is open");
}

TEST(MakePlan, EveryWrongStepIsNamedWithItsPlace) {
  const Planned p(R"(Feature: f
  Background:
    Given the 'a b' process opens
  Scenario: s
    When the writer process writes
    Then the 'x' process
    And the 'x' process should have exited with code many
    And the 'never' process stops
    And the 'y' process starts
      | table |
  Scenario: t
    When the 'z' process works
)");
  ASSERT_EQ(p.errors.size(), 6u);
  EXPECT_EQ(p.errors[0],
            "features/x.feature:3:5: 'a b' is no name for a process; use letters, digits, '_', '-' and '.', "
            "at most 63");
  EXPECT_EQ(p.errors[1],
            "features/x.feature:5:5: the process's name wants single quotes: the 'writer' process …");
  EXPECT_EQ(p.errors[2], "features/x.feature:6:5: says nothing about the 'x' process");
  EXPECT_EQ(p.errors[3], "features/x.feature:7:5: the exit code 'many' is no whole number from 0 to 255");
  EXPECT_EQ(p.errors[4], "features/x.feature:8:5: no step before this one starts the 'never' process");
  EXPECT_EQ(p.errors[5],
            "features/x.feature:9:5: 'starts' is carried out by cexec and takes no table and no doc string");
}

TEST(MakePlan, TagsRestrictPlatforms) {
  const auto tagged = [](const std::string& tags) { return Planned(tags + "\n" + kTwoProcesses).ids.size(); };
  EXPECT_EQ(tagged("@platform:python,cpp"), 4u);
  EXPECT_EQ(tagged("@platform:linux"), 4u);
  EXPECT_EQ(tagged("@platform:linux @platform:python"), 1u);
  EXPECT_EQ(tagged("@writer:python"), 3u);
  EXPECT_EQ(tagged("@writer:python @reader:cpp,node"), 2u);
  EXPECT_EQ(tagged("@issue:python"), 9u);
}

TEST(MakePlan, UnknownPlatformInATagIsAnErrorAndAMisspeltTagAWarning) {
  EXPECT_EQ(
      Planned("@writer:pyton\n" + kTwoProcesses).errors,
      std::vector<std::string>{
          "features/x.feature:1:1: @writer:pyton: there is no platform 'pyton'; did you mean 'python'?"});
  EXPECT_EQ(Planned("@wirter:python\n" + kTwoProcesses).warnings,
            std::vector<std::string>{
                "features/x.feature:1:1: @wirter:python has no meaning here; did you mean '@writer'?"});
  EXPECT_TRUE(Planned("@slow @fast @bug:12\n" + kTwoProcesses).warnings.empty());
}

TEST(MakePlan, TagsSetTimeoutsLimitsAndSharing) {
  const Planned p(
      "@timeout:5000 @step-timeout:2s @memory:512m @network @ipc @volume @requires:a,b @skip\n"
      "Feature: f\n @timeout:100\n Scenario: s\n  When the 'w' process writes\n");
  ASSERT_EQ(p.plan.scenarios.size(), 1u);
  const auto& s = *p.plan.scenarios[0];
  EXPECT_EQ(s.timeout, milliseconds(100));
  EXPECT_EQ(s.step_timeout, milliseconds(2000));
  EXPECT_EQ(s.memory, std::int64_t{512} << 20);
  EXPECT_TRUE(s.sharing.network && s.sharing.ipc);
  EXPECT_EQ(s.sharing.volume, "/exchange");
  EXPECT_EQ(s.requires_, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(s.skip, "@skip");
  EXPECT_EQ(Planned("@timeout:soon\n" + kTwoProcesses).errors.size(), 1u);
  EXPECT_EQ(Planned("@timeout:0\n" + kTwoProcesses).errors,
            std::vector<std::string>{"features/x.feature:1:1: @timeout:0: must be more than 0"});
  EXPECT_EQ(Planned("@memory:1m\n" + kTwoProcesses).errors.size(), 1u);
}

TEST(MakePlan, ExclusionsLeaveCombinationsOut) {
  auto config = three_platforms();
  config.matrix.exclude.push_back({7,
                                   {{ProcessName("writer"), {PlatformName("python")}},
                                    {ProcessName("reader"), {PlatformName("python"), PlatformName("cpp")}}}});
  EXPECT_EQ(Planned(kTwoProcesses, config).ids.size(), 7u);
  config.matrix.exclude.push_back({8, {{ProcessName("nobody"), {PlatformName("python")}}}});
  const Planned p(kTwoProcesses, config);
  EXPECT_EQ(p.ids.size(), 7u);
  EXPECT_EQ(p.warnings,
            std::vector<std::string>{
                "cexec.yaml:8: matrix.exclude names 'nobody', but no scenario has such a process"});
}

TEST(MakePlan, NothingLeftOrNothingToDoIsAWarning) {
  const Planned none("@writer:python @platform:cpp\n" + kTwoProcesses);
  EXPECT_TRUE(none.ids.empty());
  ASSERT_EQ(none.warnings.size(), 1u);
  EXPECT_TRUE(none.warnings[0].starts_with("features/x.feature:3: no combination is left"));
  EXPECT_EQ(Planned("Feature: f\n Scenario: empty\n").warnings.size(), 1u);
}

TEST(MakePlan, MisspeltFirstStepIsADescriptionAndAWarning) {
  const Planned p(
      "Feature: f\n Scenario: s\n  Some text.\n  Givne the 'w' process opens\n  When the 'w' process "
      "writes\n");
  EXPECT_EQ(p.warnings,
            std::vector<std::string>{
                "features/x.feature:2: 'Givne the 'w' process opens' belongs to the description; if it is "
                "meant as a step, did you mean 'Given'?"});
}

TEST(MakePlan, SharedNetworkNeedsHostNames) {
  EXPECT_EQ(
      Planned("@network\nFeature: f\n Scenario: s\n  When the 'my_writer' process writes\n").errors.size(),
      1u);
  EXPECT_TRUE(
      Planned("@network\nFeature: f\n Scenario: s\n  When the 'my-writer' process writes\n").errors.empty());
}

const std::string kMany = R"(Feature: f
  Scenario: one
    When the 'w' process writes
  Scenario Outline: two
    When the 'w' process writes <n>
    Examples:
      | n |
      | 1 |
      | 2 |
  Rule: r
    Scenario: three
      When the 'v' process writes
)";

TEST(MakePlan, PathAndLineSelect) {
  const auto at = [](std::optional<std::uint32_t> line, const std::string& uri = "features/x.feature") {
    auto config = three_platforms();
    config.platforms.resize(1);
    return Planned(kMany, config, Selection{{{uri, line}}, {}}).ids;
  };
  EXPECT_EQ(at(std::nullopt).size(), 4u);
  EXPECT_EQ(at(1).size(), 4u);
  EXPECT_EQ(at(2), std::vector<std::string>{"features/x.feature:2 w=python"});
  EXPECT_EQ(at(4).size(), 2u);
  EXPECT_EQ(at(6).size(), 2u);
  EXPECT_EQ(at(9), std::vector<std::string>{"features/x.feature:9 w=python"});
  EXPECT_EQ(at(10).size(), 1u);
  EXPECT_EQ(at(12).size(), 1u);
  EXPECT_TRUE(at(99).empty());
  EXPECT_TRUE(at(std::nullopt, "features/other.feature").empty());
}

TEST(MakePlan, ComboSelectsAssignments) {
  const auto with = [](std::vector<std::pair<ProcessName, std::string>> combo) {
    Selection selection;
    selection.combo = std::move(combo);
    return Planned(kTwoProcesses, three_platforms(), selection).ids;
  };
  EXPECT_EQ(with({{ProcessName("writer"), "cpp"}, {ProcessName("reader"), "node"}}),
            std::vector<std::string>{"features/x.feature:2 writer=cpp reader=node"});
  EXPECT_EQ(with({{ProcessName("writer"), "cpp"}, {ProcessName("reader"), "*"}}).size(), 3u);
  EXPECT_TRUE(with({{ProcessName("nobody"), "cpp"}}).empty());
}

}  // namespace
}  // namespace executor::plan
