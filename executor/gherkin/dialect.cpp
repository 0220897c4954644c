// The keywords of a language. It must not know the grammar.
#include "executor/gherkin/dialect.h"

#include <array>

namespace executor::gherkin {
namespace {

constexpr std::array<std::string_view, 3> kFeature{"Feature", "Business Need", "Ability"};
constexpr std::array<std::string_view, 1> kBackground{"Background"};
constexpr std::array<std::string_view, 1> kRule{"Rule"};
constexpr std::array<std::string_view, 4> kScenario{"Example", "Scenario", "Scenario Outline",
                                                    "Scenario Template"};
constexpr std::array<std::string_view, 2> kExamples{"Examples", "Scenarios"};
constexpr std::array<StepKeyword, 6> kSteps{{{"Given ", KeywordType::context},
                                             {"When ", KeywordType::action},
                                             {"Then ", KeywordType::outcome},
                                             {"And ", KeywordType::conjunction},
                                             {"But ", KeywordType::conjunction},
                                             {"* ", KeywordType::unknown}}};
constexpr Dialect kEnglish{"en", kFeature, kBackground, kRule, kScenario, kExamples, kSteps};

}  // namespace

const Dialect* find_dialect(std::string_view language) {
  return language == "en" ? &kEnglish : nullptr;
}

}  // namespace executor::gherkin
