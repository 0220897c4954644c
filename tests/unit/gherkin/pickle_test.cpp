#include "executor/gherkin/pickle.h"

#include <gtest/gtest.h>

#include "executor/gherkin/parser.h"

namespace executor::gherkin {
namespace {

struct Compiled {
  explicit Compiled(const std::string& text) : document(parse(text).value()), pickles(compile(document)) {}
  Document document;
  Pickles pickles;
};

TEST(Compile, BackgroundsOfFeatureAndRuleComeFirst) {
  const Compiled c(R"(Feature: f
  Background:
    Given a
  Scenario: s
    When b
  Rule: r
    Background:
      Given c
    Scenario: t
      When d
  Rule: q
    Scenario: u
      When e
)");
  ASSERT_EQ(c.pickles.pickles.size(), 3u);
  const auto texts = [&](std::size_t i) {
    std::string all;
    for (const auto& step : c.pickles.pickles[i].steps) all += std::string(step.text) + " ";
    return all;
  };
  EXPECT_EQ(texts(0), "a b ");
  EXPECT_EQ(texts(1), "a c d ");
  EXPECT_EQ(texts(2), "a e ");
  EXPECT_EQ(c.pickles.pickles[1].rule->name, "r");
}

TEST(Compile, OutlineFillsNameStepsTablesAndDocStrings) {
  const Compiled c(R"(@f
Feature: f
  @s
  Scenario Outline: size <n>
    When sends <n> of <what>
      | <what> | x |
    And doc
      """<kind>
      <n>$1
      """
    @e1
    Examples:
      | n | what | kind |
      | 1 | a<n> | json |
    @e2
    Examples:
      | what | n | kind |
      | <n>  | 2 | text |
)");
  ASSERT_EQ(c.pickles.pickles.size(), 2u);
  const auto& first = c.pickles.pickles[0];
  EXPECT_EQ(first.name, "size 1");
  EXPECT_EQ(first.location.line, 14u);
  EXPECT_EQ(first.steps[0].text, "sends 1 of a<n>");  // columns are replaced one after the other
  EXPECT_EQ(first.steps[0].table->rows[0].cells[0].value, "a<n>");
  EXPECT_EQ(first.steps[1].doc_string->content, "1$1");
  EXPECT_EQ(first.steps[1].doc_string->media_type, "json");
  const auto& second = c.pickles.pickles[1];
  EXPECT_EQ(second.steps[0].text, "sends 2 of 2");
  ASSERT_EQ(second.tags.size(), 3u);
  EXPECT_EQ(second.tags[0]->name, "@f");
  EXPECT_EQ(second.tags[2]->name, "@e2");
}

TEST(Compile, EveryPlaceholderOfATextIsFilledOnce) {
  const Compiled c(R"(Feature: f
  Scenario: s
    Given <a><a> <b>, <<a>> and <c>
    Examples:
      | a   | b |
      | <a> |   |
)");
  EXPECT_EQ(c.pickles.pickles.at(0).steps[0].text, "<a><a> , <<a>> and <c>");
}

TEST(Compile, ScenarioWithoutStepsHasNoBackgroundEither) {
  const Compiled c("Feature: f\n Background:\n  Given a\n Scenario: empty\n");
  ASSERT_EQ(c.pickles.pickles.size(), 1u);
  EXPECT_TRUE(c.pickles.pickles[0].steps.empty());
}

TEST(Compile, ExamplesWithoutRowsGiveNothing) {
  EXPECT_TRUE(Compiled("Feature: f\n Scenario: s\n  Given <a>\n Examples:\n  |a|\n").pickles.pickles.empty());
  EXPECT_TRUE(Compiled("Feature: f\n Scenario: s\n  Given <a>\n Examples:\n").pickles.pickles.empty());
  EXPECT_TRUE(Compiled("").pickles.pickles.empty());
}

}  // namespace
}  // namespace executor::gherkin
