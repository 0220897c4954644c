// The keywords of a language. It must not know the grammar.
#pragma once

#include <span>
#include <string_view>

#include "executor/gherkin/ast.h"

namespace executor::gherkin {

struct StepKeyword {
  std::string_view text;  ///< with the space that belongs to it
  KeywordType type = KeywordType::unknown;
};

/// All keywords of one language; every list may name several alternatives.
struct Dialect {
  std::string_view language;  ///< "en"
  std::span<const std::string_view> feature;
  std::span<const std::string_view> background;
  std::span<const std::string_view> rule;
  std::span<const std::string_view> scenario;  ///< scenario and scenario outline
  std::span<const std::string_view> examples;
  std::span<const StepKeyword> steps;  ///< longest first
};

/// The dialect of a language code; null if there is none.
const Dialect* find_dialect(std::string_view language);

}  // namespace executor::gherkin
