#include "executor/gherkin/token_list.h"

#include <gtest/gtest.h>

namespace executor::gherkin {
namespace {

TEST(TokenList, EveryKindOfLine) {
  const auto tokens = list_tokens(
      "# language: en\n"
      "@a  @b #c\n"
      "Feature: f\n"
      "  text\n"
      "\n"
      "  Scenario: s\n"
      "    Given x\n"
      "      | 😀 | \\n\\| |\n"
      "      \"\"\"xml\n"
      "        \\\"\\\"\\\"\n"
      "      \"\"\"\n"
      "  # end");
  ASSERT_TRUE(tokens);
  EXPECT_EQ(*tokens,
            "(1:1)Language:/en/\n"
            "(2:1)TagLine://1:@a,5:@b\n"
            "(3:1)FeatureLine:()Feature/f/\n"
            "(4:1)Other:/  text/\n"
            "(5:1)Other://\n"
            "(6:3)ScenarioLine:()Scenario/s/\n"
            "(7:5)StepLine:(Context)Given /x/\n"
            "(8:7)TableRow://9:😀,14:\n|\n"
            "(9:7)DocStringSeparator:()\"\"\"/xml/\n"
            "(10:1)Other:/  \"\"\"/\n"
            "(11:7)DocStringSeparator:()\"\"\"//\n"
            "(12:1)Comment:/  # end/\n"
            "EOF\n");
}

TEST(TokenList, InvalidFileGivesItsErrors) {
  const auto tokens = list_tokens("Feature: f\n  Scenario: s\n    Given x\n    garbage\n");
  ASSERT_FALSE(tokens);
  EXPECT_EQ(tokens.error().front().located_message(),
            "(4:5): expected: #EOF, #TableRow, #DocStringSeparator, #StepLine, #TagLine, #ExamplesLine, "
            "#ScenarioLine, #RuleLine, #Comment, #Empty, got 'garbage'");
}

}  // namespace
}  // namespace executor::gherkin
