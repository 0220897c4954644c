// What a line of a feature file is, and the matching of one line against one kind. It must not know which
// kinds may follow which.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "executor/gherkin/ast.h"
#include "executor/gherkin/dialect.h"
#include "executor/gherkin/line.h"

namespace executor::gherkin {

enum class TokenType : std::uint8_t {
  eof,
  empty,
  comment,
  tag_line,
  feature_line,
  rule_line,
  background_line,
  scenario_line,
  examples_line,
  step_line,
  doc_string_separator,
  table_row,
  language,
  other,
};

/// As parsers of Gherkin write it in their messages: "#StepLine".
std::string_view symbol_of(TokenType type);

/// One line with what was recognized in it.
struct Token {
  TokenType type = TokenType::eof;
  Line line;
  std::string_view keyword;  ///< of titles and steps; the delimiter of a doc string
  std::string_view text;     ///< title, step text, media type, language, or the line of `other` and `comment`
  KeywordType keyword_type = KeywordType::unknown;

  [[nodiscard]] Location location() const { return {line.number, line.indent + 1}; }
};

/// Matches lines in the language of the moment; within a doc string only its end is a separator.
class TokenMatcher {
 public:
  TokenMatcher() : dialect_(find_dialect("en")) {}

  /// True if the line of `token` is of that type; then the token is filled in. Entering and leaving doc
  /// strings is part of matching a separator.
  bool matches(TokenType type, Token& token);
  /// Makes `language` the one of what follows; false if there is none of that name.
  bool change_language(std::string_view language);
  [[nodiscard]] std::string_view language() const { return dialect_->language; }
  [[nodiscard]] const Dialect& dialect() const { return *dialect_; }
  /// The delimiter of the doc string that the matcher is within; empty outside of one.
  [[nodiscard]] std::string_view open_doc_string() const { return doc_string_; }

 private:
  bool match_title(Token& token, std::span<const std::string_view> keywords) const;
  bool match_step(Token& token) const;
  bool match_separator(Token& token);
  static bool match_comment(Token& token);
  bool match_language(Token& token) const;
  bool match_other(Token& token) const;

  const Dialect* dialect_;
  std::string_view doc_string_;
  std::uint32_t doc_string_indent_ = 0;
};

/// A tag that cannot be one.
struct TagError {
  Location location;
};

/// The tags of a tag line: "@a @b #comment". Nothing, with `error` set, if one holds white space.
std::optional<std::vector<Tag>> read_tags(const Line& line, TagError& error);

/// A line within a doc string may hold the delimiter written with backslashes, \"\"\": the line with the
/// first such resolved; nothing if it holds none.
std::optional<std::string> unescaped_delimiter(std::string_view line, std::string_view delimiter);

/// The cells of a table row "| a | b |", escapes \n \| \\ resolved; text that is no slice of the line is kept
/// by `document`.
std::vector<Cell> read_cells(const Line& line, const Document& document);

}  // namespace executor::gherkin
