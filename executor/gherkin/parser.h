// Text → tree. It must not know what a step means.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "executor/gherkin/ast.h"
#include "executor/gherkin/token.h"

namespace executor::gherkin {

/// One thing that is wrong with a file.
struct ParseError {
  enum class Kind { unexpected_token, unexpected_end, tag_with_space, inconsistent_cells, unknown_language };

  Kind kind = Kind::unexpected_token;
  Location location;
  std::vector<TokenType> expected;  ///< what could have stood there, in the grammar's order
  std::string got;                  ///< the line that stood there, or the language
  std::string nearest;              ///< what `got` may have meant; empty if nothing is near

  /// As Gherkin's parsers word it: "expected: #EOF, #StepLine, got 'x'".
  [[nodiscard]] std::string message() const;
  /// The same with its place before it: "(3:5): expected: …"; at the end of the file the column is 0.
  [[nodiscard]] std::string located_message() const;
  /// For a person: "expected a step, … but found 'Givne x'; did you mean 'Given'?".
  [[nodiscard]] std::string explanation() const;

 private:
  [[nodiscard]] std::string suggestion() const;
};

/// Is shown every line that the grammar accepts, in the order of the file, with the matcher in the state
/// behind it. The token is valid during the call only.
using TokenListener = std::function<void(const Token& token, const TokenMatcher& matcher)>;

/// Parses one feature file. A file without a feature (empty, or comments only) is a document without one.
/// On failure: all errors, in the order of the file, at most 11 (then the rest is not looked at).
tl::expected<Document, std::vector<ParseError>> parse(std::string text, const TokenListener& listener = {});

}  // namespace executor::gherkin
