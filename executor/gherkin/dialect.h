// The keywords of a language. It must not know the grammar.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "executor/gherkin/ast.h"

namespace executor::gherkin {

/// As messages and tokens name it: "Context".
std::string_view name_of(KeywordType type);

struct StepKeyword {
  std::string_view text;  ///< with the space that belongs to it; some languages have none
  /// Unknown where the language uses the word for several kinds of steps, as all do with `*`.
  KeywordType type = KeywordType::unknown;
};

/// All keywords of one language; every list may name several alternatives.
struct Dialect {
  std::string_view language;  ///< "en"
  std::vector<std::string_view> feature;
  std::vector<std::string_view> background;
  std::vector<std::string_view> rule;
  std::vector<std::string_view> scenario;  ///< scenario, then scenario outline
  std::vector<std::string_view> examples;
  std::vector<StepKeyword> steps;  ///< longest first, each once
};

/// The dialect of a language code as in "# language: en-pirate"; null if there is none. Lives as long as the
/// program. Thread-safe.
const Dialect* find_dialect(std::string_view language);

/// The codes of all languages, in alphabetical order.
std::vector<std::string> all_languages();

}  // namespace executor::gherkin
