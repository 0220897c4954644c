// The keywords of a language. It must not know the grammar.
#include "executor/gherkin/dialect.h"

#include <algorithm>

namespace executor::gherkin {
namespace {

/// Of one language, as the table holds them: lists of alternatives with a bar between.
struct LanguageKeywords {
  std::string_view language;
  std::string_view feature;
  std::string_view background;
  std::string_view rule;
  std::string_view scenario;
  std::string_view scenario_outline;
  std::string_view examples;
  std::string_view given;
  std::string_view when;
  std::string_view then;
  std::string_view conjunction_and;
  std::string_view conjunction_but;
};

constexpr LanguageKeywords kLanguages[] = {
#include "executor/gherkin/languages.inc"
};

std::vector<std::string_view> alternatives(std::string_view list) {
  std::vector<std::string_view> words;
  while (true) {
    const auto bar = list.find('|');
    words.push_back(list.substr(0, bar));
    if (bar == std::string_view::npos) return words;
    list.remove_prefix(bar + 1);
  }
}

/// A word that stands more than once, in whichever lists, says nothing about the step.
void add_steps(std::vector<StepKeyword>& steps, std::string_view list, KeywordType type) {
  for (const auto word : alternatives(list)) {
    const auto same =
        std::find_if(steps.begin(), steps.end(), [word](const auto& k) { return k.text == word; });
    if (same == steps.end()) {
      steps.push_back({word, type});
    } else {
      same->type = KeywordType::unknown;
    }
  }
}

Dialect make_dialect(const LanguageKeywords& words) {
  Dialect dialect;
  dialect.language = words.language;
  dialect.feature = alternatives(words.feature);
  dialect.background = alternatives(words.background);
  dialect.rule = alternatives(words.rule);
  dialect.scenario = alternatives(words.scenario);
  const auto outlines = alternatives(words.scenario_outline);
  dialect.scenario.insert(dialect.scenario.end(), outlines.begin(), outlines.end());
  dialect.examples = alternatives(words.examples);
  add_steps(dialect.steps, words.given, KeywordType::context);
  add_steps(dialect.steps, words.when, KeywordType::action);
  add_steps(dialect.steps, words.then, KeywordType::outcome);
  add_steps(dialect.steps, words.conjunction_and, KeywordType::conjunction);
  add_steps(dialect.steps, words.conjunction_but, KeywordType::conjunction);
  // One keyword may be the beginning of another.
  std::stable_sort(dialect.steps.begin(), dialect.steps.end(),
                   [](const auto& a, const auto& b) { return a.text.size() > b.text.size(); });
  return dialect;
}

const std::vector<Dialect>& all_dialects() {
  static const std::vector<Dialect> kDialects = [] {
    std::vector<Dialect> dialects;
    for (const auto& words : kLanguages) dialects.push_back(make_dialect(words));
    return dialects;
  }();
  return kDialects;
}

}  // namespace

std::string_view name_of(KeywordType type) {
  switch (type) {
    case KeywordType::context: return "Context";
    case KeywordType::action: return "Action";
    case KeywordType::outcome: return "Outcome";
    case KeywordType::conjunction: return "Conjunction";
    case KeywordType::unknown: break;
  }
  return "Unknown";
}

const Dialect* find_dialect(std::string_view language) {
  const auto& all = all_dialects();
  const auto found =
      std::find_if(all.begin(), all.end(), [language](const auto& d) { return d.language == language; });
  return found == all.end() ? nullptr : &*found;
}

std::vector<std::string> all_languages() {
  std::vector<std::string> codes;
  for (const auto& words : kLanguages) codes.emplace_back(words.language);
  return codes;
}

}  // namespace executor::gherkin
