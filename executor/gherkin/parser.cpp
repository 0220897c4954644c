// Text → tree. It must not know what a step means.
#include "executor/gherkin/parser.h"

#include <algorithm>

#include "executor/gherkin/builder.h"
#include "executor/gherkin/grammar.h"
#include "executor/text/nearest.h"

namespace executor::gherkin {
namespace {

/// As many errors as Gherkin's own parsers report before they give up.
constexpr std::size_t kMaxErrors = 11;

class Parser {
 public:
  Parser(std::string text, const TokenListener& listener)
      : listener_(listener), builder_(std::move(text)), lines_(builder_.source()) {}

  tl::expected<Document, std::vector<ParseError>> run() {
    while (errors_.size() < kMaxErrors) {
      Token token;
      token.line = lines_.next();
      take(token);
      if (token.line.is_eof) break;
    }
    if (!errors_.empty()) return tl::unexpected(std::move(errors_));
    return builder_.finish();
  }

 private:
  void take(Token& token) {
    const auto& acceptable = acceptable_in(state_);
    for (const auto& candidate : acceptable) {
      if (!matches(candidate, token)) continue;
      if (const auto row = builder_.leave(state_, token)) {
        add_error({ParseError::Kind::inconsistent_cells, *row, {}, {}, {}});
      }
      if (listener_) listener_(token, matcher_);
      state_ = builder_.add(state_, candidate.opens, token, matcher_);
      return;
    }
    add_unexpected(token, acceptable);
  }

  bool matches(const Acceptable& candidate, Token& token) {
    if (!matcher_.matches(candidate.type, token)) return false;
    switch (candidate.type) {
      case TokenType::tag_line:
        return tags_are_valid(token.line) && (is_last_choice(candidate) || follows(candidate));
      case TokenType::language:
        if (matcher_.change_language(token.text)) return true;
        add_error({ParseError::Kind::unknown_language,
                   token.location(),
                   {},
                   std::string(token.text),
                   text::nearest(token.text, all_languages())});
        return false;
      default: return true;
    }
  }

  bool tags_are_valid(const Line& line) {
    TagError error;
    if (read_tags(line, error)) return true;
    add_error({ParseError::Kind::tag_with_space, error.location, {}, {}, {}});
    return false;
  }

  /// Behind a block, tags may belong to examples, a scenario or a rule; within tags it is settled already.
  [[nodiscard]] bool is_last_choice(const Acceptable& candidate) const {
    return state_.block == Block::start || state_.phase == Phase::tags || state_.phase == Phase::language ||
           candidate.opens == Block::rule;
  }

  /// Whether the title that the tags would belong to is what follows them.
  bool follows(const Acceptable& candidate) {
    LineReader ahead = lines_;
    while (true) {
      Token token;
      token.line = ahead.next();
      if (matcher_.matches(title_of(candidate.opens), token)) return true;
      if (token.line.is_eof) return false;
      if (token.line.trimmed.empty() || token.line.starts_with("#")) continue;
      if (!token.line.starts_with("@") || !tags_are_valid(token.line)) return false;
    }
  }

  void add_unexpected(const Token& token, const std::vector<Acceptable>& acceptable) {
    ParseError error;
    error.kind = token.line.is_eof ? ParseError::Kind::unexpected_end : ParseError::Kind::unexpected_token;
    error.location = {token.line.number, token.line.is_eof ? 0 : token.line.indent + 1};
    for (const auto& candidate : acceptable) {
      const bool seen =
          std::find(error.expected.begin(), error.expected.end(), candidate.type) != error.expected.end();
      if (!seen) error.expected.push_back(candidate.type);
    }
    error.got = trim(token.line.trimmed);
    error.nearest = nearest_keyword(error);
    add_error(std::move(error));
  }

  /// A title is compared up to its colon, a step up to its first space.
  [[nodiscard]] std::string nearest_keyword(const ParseError& error) const {
    std::vector<std::string> titles;
    std::vector<std::string> steps;
    const auto add = [&titles](std::span<const std::string_view> keywords) {
      for (const auto keyword : keywords) titles.push_back(std::string(keyword) + ":");
    };
    const auto& dialect = matcher_.dialect();
    for (const auto type : error.expected) {
      if (type == TokenType::feature_line) add(dialect.feature);
      if (type == TokenType::rule_line) add(dialect.rule);
      if (type == TokenType::background_line) add(dialect.background);
      if (type == TokenType::scenario_line) add(dialect.scenario);
      if (type == TokenType::examples_line) add(dialect.examples);
      if (type != TokenType::step_line) continue;
      for (const auto& keyword : dialect.steps) steps.emplace_back(trim_right(keyword.text));
    }
    const auto colon = error.got.find(':');
    auto found = colon == std::string::npos ? text::nearest(error.got, titles)
                                            : text::nearest(error.got.substr(0, colon + 1), titles);
    if (found.empty()) found = text::nearest(error.got.substr(0, error.got.find(' ')), steps);
    return found;
  }

  void add_error(ParseError error) {
    if (errors_.size() == kMaxErrors) return;  // one line may have several
    const auto same = [&error](const ParseError& other) {
      return other.location == error.location && other.message() == error.message();
    };
    if (std::none_of(errors_.begin(), errors_.end(), same)) errors_.push_back(std::move(error));
  }

  const TokenListener& listener_;
  Builder builder_;
  LineReader lines_;
  TokenMatcher matcher_;
  State state_;
  std::vector<ParseError> errors_;
};

std::string_view plain_name(TokenType type) {
  switch (type) {
    case TokenType::eof: return "the end of the file";
    case TokenType::comment: return "a comment";
    case TokenType::tag_line: return "tags";
    case TokenType::feature_line: return "'Feature:'";
    case TokenType::rule_line: return "'Rule:'";
    case TokenType::background_line: return "'Background:'";
    case TokenType::scenario_line: return "'Scenario:'";
    case TokenType::examples_line: return "'Examples:'";
    case TokenType::step_line: return "a step";
    case TokenType::doc_string_separator: return "a doc string";
    case TokenType::table_row: return "a table row";
    case TokenType::language: return "'# language:'";
    case TokenType::other: return "text";
    case TokenType::empty: break;
  }
  return "an empty line";
}

std::string plain_list(const std::vector<TokenType>& types) {
  std::vector<std::string_view> names;
  for (const auto type : types) {
    if (type != TokenType::empty && type != TokenType::comment) names.push_back(plain_name(type));
  }
  std::string list;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) list += i + 1 == names.size() ? " or " : ", ";
    list += names[i];
  }
  return list;
}

}  // namespace

std::string ParseError::message() const {
  switch (kind) {
    case Kind::tag_with_space: return "A tag may not contain whitespace";
    case Kind::inconsistent_cells: return "inconsistent cell count within the table";
    case Kind::unknown_language: return "Language not supported: " + got;
    case Kind::unexpected_token:
    case Kind::unexpected_end: break;
  }
  std::string list;
  for (const auto type : expected) list += (list.empty() ? "" : ", ") + std::string(symbol_of(type));
  if (kind == Kind::unexpected_end) return "unexpected end of file, expected: " + list;
  return "expected: " + list + ", got '" + got + "'";
}

std::string ParseError::located_message() const {
  return "(" + std::to_string(location.line) + ":" + std::to_string(location.column) + "): " + message();
}

std::string ParseError::explanation() const {
  switch (kind) {
    case Kind::tag_with_space: return "a tag may not contain white space";
    case Kind::inconsistent_cells:
      return "this row has another number of cells than the first row of its table";
    case Kind::unknown_language: return "there is no language '" + got + "'" + suggestion();
    case Kind::unexpected_end: {
      const bool open = !expected.empty() && expected.front() == TokenType::doc_string_separator;
      return open ? "the file ends within a doc string"
                  : "the file ends where " + plain_list(expected) + " should stand";
    }
    case Kind::unexpected_token: break;
  }
  return "expected " + plain_list(expected) + " but found '" + got + "'" + suggestion();
}

std::string ParseError::suggestion() const {
  return nearest.empty() ? std::string() : "; did you mean '" + nearest + "'?";
}

tl::expected<Document, std::vector<ParseError>> parse(std::string text, const TokenListener& listener) {
  return Parser(std::move(text), listener).run();
}

}  // namespace executor::gherkin
