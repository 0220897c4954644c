#include "executor/gherkin/parser.h"

#include <gtest/gtest.h>

namespace executor::gherkin {
namespace {

Document parsed(const std::string& text) {
  auto document = parse(text);
  if (!document) {
    ADD_FAILURE() << document.error().front().location.line << ": " << document.error().front().message();
    return {};
  }
  return std::move(*document);
}

std::vector<std::string> errors_of(const std::string& text) {
  const auto document = parse(text);
  std::vector<std::string> messages;
  if (document) return messages;
  for (const auto& error : document.error()) {
    messages.push_back("(" + std::to_string(error.location.line) + ":" +
                       std::to_string(error.location.column) + "): " + error.message());
  }
  return messages;
}

TEST(Parse, FeatureWithEverythingInIt) {
  const auto document = parsed(R"(# a comment
@top @other
Feature: Frames
  They travel.

  In order.

  Background:
    Given a ring

  @one
  Scenario: First
    When a frame
      | a | b |
      | 1 | 2 |
    Then it arrives

  Scenario Outline: Sizes
    When a frame of <size>
    @small
    Examples: Little
      | size |
      | 1    |
    Examples:
      | size |
      | 9    |

  Rule: Order
    Background:
      Given order
    Example: In a rule
      * it holds
)");
  ASSERT_TRUE(document.feature);
  const auto& feature = *document.feature;
  EXPECT_EQ(feature.name, "Frames");
  EXPECT_EQ(feature.location, (Location{3, 1}));
  EXPECT_EQ(feature.description, "  They travel.\n\n  In order.");
  ASSERT_EQ(feature.tags.size(), 2u);
  EXPECT_EQ(feature.tags[1].name, "@other");
  EXPECT_EQ(feature.tags[1].location, (Location{2, 6}));
  EXPECT_EQ(feature.background->steps.at(0).text, "a ring");
  ASSERT_EQ(feature.scenarios.size(), 2u);
  EXPECT_EQ(feature.scenarios[0].tags.at(0).name, "@one");
  const auto& step = feature.scenarios[0].steps.at(0);
  EXPECT_EQ(step.keyword, "When ");
  EXPECT_EQ(step.location, (Location{13, 5}));
  EXPECT_EQ(step.table->rows.at(1).cells.at(1).value, "2");
  EXPECT_EQ(step.table->rows.at(1).cells.at(1).location, (Location{15, 13}));
  const auto& outline = feature.scenarios[1];
  ASSERT_EQ(outline.examples.size(), 2u);
  EXPECT_EQ(outline.examples[0].tags.at(0).name, "@small");
  EXPECT_EQ(outline.examples[0].name, "Little");
  EXPECT_EQ(outline.examples[1].body.at(0).cells.at(0).value, "9");
  ASSERT_EQ(feature.rules.size(), 1u);
  EXPECT_EQ(feature.rules[0].background->steps.size(), 1u);
  EXPECT_EQ(feature.rules[0].scenarios.at(0).steps.at(0).keyword_type, KeywordType::unknown);
  EXPECT_EQ(document.comments.at(0).text, "# a comment");
}

TEST(Parse, EmptyFileIsADocumentWithoutFeature) {
  EXPECT_FALSE(parsed("").feature);
  EXPECT_FALSE(parsed("# only\n\n# comments\n").feature);
}

TEST(Parse, DocStringsLoseTheIndentationOfTheirDelimiter) {
  const auto document = parsed(
      "Feature: f\n  Scenario: s\n    Given d\n      \"\"\" json \n      {\n        \"a\": 1\n     less\n\n"
      "      \\\"\\\"\\\" ``` |not a table|\n      \"\"\"\n    And e\n      ```\n      \"\"\"\n      ```\n");
  const auto& steps = document.feature->scenarios.at(0).steps;
  const auto& first = *steps.at(0).doc_string;
  EXPECT_EQ(first.media_type, "json");
  EXPECT_EQ(first.content, "{\n  \"a\": 1\nless\n\n\"\"\" ``` |not a table|");
  EXPECT_EQ(steps.at(1).doc_string->delimiter, "```");
  EXPECT_EQ(steps.at(1).doc_string->content, "\"\"\"");
}

TEST(Parse, StepMayHaveTableAndDocStringInBothOrders) {
  const auto document = parsed(
      "Feature: f\n Scenario: s\n  Given a\n  |x|\n  \"\"\"\n  d\n  \"\"\"\n  And b\n  ```\n  e\n  ```\n  "
      "|y|\n  |z|\n");
  const auto& steps = document.feature->scenarios.at(0).steps;
  EXPECT_EQ(steps.at(0).table->rows.size(), 1u);
  EXPECT_EQ(steps.at(0).doc_string->content, "d");
  EXPECT_EQ(steps.at(1).table->rows.size(), 2u);
  EXPECT_EQ(steps.at(1).doc_string->content, "e");
}

TEST(Parse, CellsResolveEscapesAndMayBeEmpty) {
  const auto document =
      parsed("Feature: f\n Scenario: s\n  Given a\n  | a\\|b | \\\\ | x\\ny |  | \\t | \xC3\xA9 | z |\n");
  const auto& cells = document.feature->scenarios.at(0).steps.at(0).table->rows.at(0).cells;
  ASSERT_EQ(cells.size(), 7u);
  EXPECT_EQ(cells[0].value, "a|b");
  EXPECT_EQ(cells[1].value, "\\");
  EXPECT_EQ(cells[2].value, "x\ny");
  EXPECT_EQ(cells[3].value, "");
  EXPECT_EQ(cells[4].value, "\\t");
  EXPECT_EQ(cells[6].value, "z");
  EXPECT_EQ(cells[6].location.column, 36u);
}

TEST(Parse, TagsMayHaveACommentBehindThemAndSpanLines) {
  const auto document = parsed("@a @b #c @d\n# between\n@e#f\nFeature: f\n");
  const auto& tags = document.feature->tags;
  ASSERT_EQ(tags.size(), 3u);
  EXPECT_EQ(tags[1].name, "@b");
  EXPECT_EQ(tags[2].name, "@e#f");
}

TEST(Parse, TagsBeforeARuleBelongToTheRule) {
  const auto document = parsed("Feature: f\n\n@r\n\n# c\nRule: x\n @s\n Example: e\n");
  EXPECT_EQ(document.feature->rules.at(0).tags.at(0).name, "@r");
  EXPECT_EQ(document.feature->rules.at(0).scenarios.at(0).tags.at(0).name, "@s");
}

TEST(Parse, CarriageReturnsAndByteOrderMark) {
  const auto document = parsed(
      "\xEF\xBB\xBF"
      "Feature: f\r\n  one\r\n  two\r\nScenario: s\r\n  Given x\r\n");
  EXPECT_EQ(document.feature->name, "f");
  EXPECT_EQ(document.feature->description, "  one\n  two");
  EXPECT_EQ(document.feature->scenarios.at(0).steps.at(0).text, "x");
}

TEST(Parse, LanguageLineIsTakenOnlyBeforeTheFeature) {
  EXPECT_EQ(parsed("#language:en\nFeature: f\n").feature->language, "en");
  EXPECT_EQ(errors_of("# language: xx\nFeature: f\n"),
            std::vector<std::string>{"(1:1): Language not supported: xx"});
}

TEST(ParseErrors, WordingAndPlacesOfTheOfficialParsers) {
  EXPECT_EQ(errors_of("\ninvalid line here\n"),
            std::vector<std::string>{"(2:1): expected: #EOF, #Language, #TagLine, #FeatureLine, #Comment, "
                                     "#Empty, got 'invalid line here'"});
  EXPECT_EQ(errors_of("Feature: f\n  Scenario: s\n    Given x\n    no keyword\n    Then y\n   Feature: g\n"),
            (std::vector<std::string>{
                "(4:5): expected: #EOF, #TableRow, #DocStringSeparator, #StepLine, #TagLine, #ExamplesLine, "
                "#ScenarioLine, #RuleLine, #Comment, #Empty, got 'no keyword'",
                "(6:4): expected: #EOF, #TableRow, #DocStringSeparator, #StepLine, #TagLine, #ExamplesLine, "
                "#ScenarioLine, #RuleLine, #Comment, #Empty, got 'Feature: g'"}));
  EXPECT_EQ(errors_of("Feature: f\n Scenario: s\n  Given x\n  \"\"\"\n  open\n"),
            std::vector<std::string>{"(6:0): unexpected end of file, expected: #DocStringSeparator, #Other"});
  EXPECT_EQ(errors_of("Feature: f\n@t\n"),
            std::vector<std::string>{
                "(3:0): unexpected end of file, expected: #TagLine, #RuleLine, #Comment, #Empty"});
}

TEST(ParseErrors, RowOfAnotherLengthIsNamed) {
  EXPECT_EQ(errors_of("Feature: f\n Scenario: s\n  Given x\n   |a|b|\n   |c|\n  Then y\n"),
            std::vector<std::string>{"(5:4): inconsistent cell count within the table"});
  EXPECT_EQ(errors_of("Feature: f\n Scenario: s\n  Given <a>\n Examples:\n   |a|\n   |b|c|\n"),
            std::vector<std::string>{"(6:4): inconsistent cell count within the table"});
}

TEST(ParseErrors, TagWithSpaceIsNamed) {
  const auto errors = errors_of("@a b\nFeature: f\n");
  ASSERT_FALSE(errors.empty());
  EXPECT_EQ(errors.front(), "(1:1): A tag may not contain whitespace");
}

TEST(ParseErrors, GivesUpAfterEleven) {
  std::string text = "Feature: f\n Scenario: s\n  Given x\n";
  for (int i = 0; i < 50; ++i) text += "  nonsense " + std::to_string(i) + "\n";
  EXPECT_EQ(errors_of(text).size(), 11u);
}

TEST(ParseErrors, ExplanationNamesTheNearestKeyword) {
  const auto step = parse("Feature: f\n Scenario: s\n  Given a\n  Givne x\n");
  ASSERT_FALSE(step);
  EXPECT_EQ(
      step.error().at(0).explanation(),
      "expected the end of the file, a table row, a doc string, a step, tags, 'Examples:', 'Scenario:' or "
      "'Rule:' but found 'Givne x'; did you mean 'Given'?");
  const auto title = parse("Featur: f\n");
  ASSERT_FALSE(title);
  EXPECT_EQ(title.error().at(0).nearest, "Feature:");
  const auto open = parse("Feature: f\n Scenario: s\n  Given x\n  ```\n");
  ASSERT_FALSE(open);
  EXPECT_EQ(open.error().at(0).explanation(), "the file ends within a doc string");
}

TEST(Parse, LineWithTwoErrorsEndsAtTheLimitToo) {
  std::string text;
  for (int i = 0; i < 10; ++i) text += "garbage\n";
  const auto errors = errors_of(text + "@a b\n");
  ASSERT_EQ(errors.size(), 11u);
  EXPECT_EQ(errors.back(), "(11:1): A tag may not contain whitespace");
}

}  // namespace
}  // namespace executor::gherkin
