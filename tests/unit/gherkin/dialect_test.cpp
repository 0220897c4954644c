#include "executor/gherkin/dialect.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "executor/gherkin/parser.h"
#include "executor/gherkin/pickle.h"

namespace executor::gherkin {
namespace {

TEST(Dialect, EveryLanguageHasKeywordsForEveryKindOfLine) {
  EXPECT_EQ(all_languages().size(), 80u);
  for (const auto& language : all_languages()) {
    const auto* dialect = find_dialect(language);
    ASSERT_NE(dialect, nullptr) << language;
    for (const auto* list :
         {&dialect->feature, &dialect->background, &dialect->rule, &dialect->scenario, &dialect->examples}) {
      EXPECT_FALSE(list->empty()) << language;
      EXPECT_TRUE(std::none_of(list->begin(), list->end(), [](auto word) { return word.empty(); }))
          << language;
    }
    EXPECT_GE(dialect->steps.size(), 2u) << language;
  }
}

TEST(Dialect, UnknownLanguageIsNone) {
  EXPECT_EQ(find_dialect("xx"), nullptr);
  EXPECT_EQ(find_dialect(""), nullptr);
  EXPECT_EQ(find_dialect("EN"), nullptr);
}

TEST(Dialect, LongerKeywordIsTriedFirst) {
  const auto document =
      parse("# language: fr\nFonctionnalité: f\nScénario: s\nÉtant donné que x\nÉtant donné y\n");
  ASSERT_TRUE(document);
  const auto& steps = document->feature->scenarios.front().steps;
  EXPECT_EQ(steps[0].text, "x");
  EXPECT_EQ(steps[1].text, "y");
}

TEST(Dialect, WordOfSeveralKindsOfStepsIsOfNone) {
  for (const auto& language : all_languages()) {
    for (const auto& keyword : find_dialect(language)->steps) {
      if (keyword.text != "* ") continue;
      EXPECT_EQ(keyword.type, KeywordType::unknown) << language;
    }
  }
}

TEST(Dialect, StepOfAnotherLanguageIsToldWithItsNearestKeyword) {
  const auto document = parse("# language: de\nFunktionalität: f\nSzenario: s\nAngenomen x\n| a |\n");
  ASSERT_TRUE(document);  // a description
  const auto wrong = parse("# language: de\nFunktionalität: f\nSzenario: s\nAngenommen x\nWen y\n");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().front().nearest, "Wenn");
}

TEST(Dialect, UnknownLanguageIsToldWithTheNearest) {
  const auto wrong = parse("# language: en-pirat\nFeature: f\n");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().front().explanation(),
            "there is no language 'en-pirat'; did you mean 'en-pirate'?");
}

}  // namespace
}  // namespace executor::gherkin
