// Builds the tree out of recognized lines. Internal to gherkin/; it must not know which lines may stand
// where.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "executor/gherkin/ast.h"
#include "executor/gherkin/grammar.h"
#include "executor/gherkin/token.h"

namespace executor::gherkin {

class Builder {
 public:
  explicit Builder(std::string text);

  [[nodiscard]] std::string_view source() const { return *document_.source; }

  /// Closes what ends when `token` follows in `state`: a description, a table. A table whose rows differ in
  /// length gives the place of the first that does.
  std::optional<Location> leave(const State& state, const Token& token);

  /// Adds a token that the grammar accepted in `state` as (part of) the block `opens`; returns the state
  /// behind it.
  State add(const State& state, Block opens, const Token& token, const TokenMatcher& matcher);

  Document finish() { return std::move(document_); }

 private:
  State add_title(const State& state, Block opens, const Token& token);
  State add_step_line(const State& state, const Token& token);
  State add_row(const State& state, const Token& token);
  State add_separator(const State& state, const Token& token);
  void add_doc_string_line(const Token& token);
  void finish_description();
  void finish_doc_string();

  std::vector<Scenario>& scenarios(bool in_rule);
  std::vector<Step>& steps(const State& state);
  Heading& heading(const State& state);
  Examples& examples(const State& state);

  Document document_;
  std::vector<Tag> tags_;                    ///< read, and waiting for their title
  std::vector<std::string_view> lines_;      ///< of the description or doc string under way
  Heading* described_ = nullptr;             ///< whose description is under way
  DocString* doc_string_ = nullptr;          ///< under way
  const std::vector<Row>* table_ = nullptr;  ///< under way, without an examples' header
  std::size_t table_width_ = 0;
};

}  // namespace executor::gherkin
