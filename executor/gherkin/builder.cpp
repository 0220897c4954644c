// Builds the tree out of recognized lines. Internal to gherkin/; it must not know which lines may stand
// where.
#include "executor/gherkin/builder.h"

#include <algorithm>
#include <utility>

namespace executor::gherkin {
namespace {

/// Lines that follow one another in the source are one slice of it; others are joined and kept.
std::string_view joined(const std::vector<std::string_view>& lines, const Document& document) {
  if (lines.empty()) return {};
  bool is_slice = true;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    is_slice = is_slice && lines[i].data() == lines[i - 1].data() + lines[i - 1].size() + 1;
  }
  if (is_slice) {
    return {lines.front().data(),
            static_cast<std::size_t>(lines.back().data() + lines.back().size() - lines.front().data())};
  }
  std::string text;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (i > 0) text += '\n';
    text += lines[i];
  }
  return document.keep(text);
}

}  // namespace

std::string_view Document::keep(std::string_view text) const {
  if (text.empty()) return {};
  auto* memory = static_cast<char*>(arena->allocate(text.size(), 1));
  std::copy(text.begin(), text.end(), memory);
  return {memory, text.size()};
}

Builder::Builder(std::string text) {
  document_.source = std::make_unique<const std::string>(std::move(text));
  document_.arena = std::make_unique<std::pmr::monotonic_buffer_resource>();
}

std::vector<Scenario>& Builder::scenarios(bool in_rule) {
  return in_rule ? document_.feature->rules.back().scenarios : document_.feature->scenarios;
}

std::vector<Step>& Builder::steps(const State& state) {
  if (state.block == Block::scenario) return scenarios(state.in_rule).back().steps;
  return state.in_rule ? document_.feature->rules.back().background->steps
                       : document_.feature->background->steps;
}

Examples& Builder::examples(const State& state) {
  return scenarios(state.in_rule).back().examples.back();
}

Heading& Builder::heading(const State& state) {
  switch (state.block) {
    case Block::rule: return document_.feature->rules.back();
    case Block::background:
      return state.in_rule ? *document_.feature->rules.back().background : *document_.feature->background;
    case Block::scenario: return scenarios(state.in_rule).back();
    case Block::examples: return examples(state);
    case Block::start:
    case Block::feature: break;
  }
  return *document_.feature;
}

std::optional<Location> Builder::leave(const State& state, const Token& token) {
  const auto type = token.type;
  if (state.phase == Phase::description && type != TokenType::other && type != TokenType::comment) {
    finish_description();
  }
  const bool stays = type == TokenType::table_row || type == TokenType::comment || type == TokenType::empty;
  if (table_ == nullptr || stays) return std::nullopt;
  const auto* rows = std::exchange(table_, nullptr);
  for (const auto& row : *rows) {
    if (row.cells.size() != table_width_) return row.location;
  }
  return std::nullopt;
}

State Builder::add(const State& state, Block opens, const Token& token, const TokenMatcher& matcher) {
  State next = state;
  switch (token.type) {
    case TokenType::eof:
    case TokenType::empty: return next;
    case TokenType::language: next.phase = Phase::language; return next;
    case TokenType::comment:
      document_.comments.push_back({{token.line.number, 1}, token.text});
      // A comment right behind a title opens the description: an empty line behind it belongs to that.
      if (state.phase != Phase::title || state.block == Block::start) return next;
      next.phase = Phase::description;
      described_ = &heading(state);
      return next;
    case TokenType::tag_line: {
      TagError unused;  // the parser has looked at the line already
      const auto tags = read_tags(token.line, unused).value_or(std::vector<Tag>());
      tags_.insert(tags_.end(), tags.begin(), tags.end());
      return {opens, Phase::tags, state.in_rule};
    }
    case TokenType::step_line: return add_step_line(state, token);
    case TokenType::table_row: return add_row(state, token);
    case TokenType::doc_string_separator: return add_separator(state, token);
    case TokenType::other:
      if (doc_string_ != nullptr) return add_doc_string_line(token), next;
      if (state.phase == Phase::title) described_ = &heading(state);
      lines_.push_back(token.text);
      next.phase = Phase::description;
      return next;
    case TokenType::feature_line: {
      auto after = add_title(state, opens, token);
      document_.feature->language = matcher.language();
      return after;
    }
    default: return add_title(state, opens, token);
  }
}

State Builder::add_title(const State& state, Block opens, const Token& token) {
  State next{opens, Phase::title, state.in_rule || opens == Block::rule};
  auto tags = std::exchange(tags_, {});
  switch (opens) {
    case Block::start:
    case Block::feature: document_.feature.emplace().tags = std::move(tags); break;
    case Block::rule: document_.feature->rules.emplace_back().tags = std::move(tags); break;
    case Block::background:
      (next.in_rule ? document_.feature->rules.back().background : document_.feature->background).emplace();
      break;
    case Block::scenario: scenarios(next.in_rule).emplace_back().tags = std::move(tags); break;
    case Block::examples:
      scenarios(next.in_rule).back().examples.emplace_back().tags = std::move(tags);
      break;
  }
  Heading& title = heading(next);
  title.location = token.location();
  title.keyword = token.keyword;
  title.name = token.text;
  return next;
}

State Builder::add_step_line(const State& state, const Token& token) {
  Step& step = steps(state).emplace_back();
  step.location = token.location();
  step.keyword = token.keyword;
  step.keyword_type = token.keyword_type;
  step.text = token.text;
  return {state.block, Phase::step, state.in_rule};
}

State Builder::add_row(const State& state, const Token& token) {
  Row row{token.location(), read_cells(token.line, document_)};
  if (state.block == Block::examples) {
    Examples& block = examples(state);
    if (!block.header) {
      table_width_ = row.cells.size();
      table_ = &block.body;
      block.header = std::move(row);
    } else {
      block.body.push_back(std::move(row));
    }
    return {state.block, Phase::examples_table, state.in_rule};
  }
  Step& step = steps(state).back();
  if (step.table == nullptr) {
    step.table = std::make_unique<DataTable>(DataTable{row.location, {}});
    table_width_ = row.cells.size();
    table_ = &step.table->rows;
  }
  step.table->rows.push_back(std::move(row));
  const bool second = state.phase == Phase::after_doc_string || state.phase == Phase::table_after_doc_string;
  return {state.block, second ? Phase::table_after_doc_string : Phase::table, state.in_rule};
}

State Builder::add_separator(const State& state, const Token& token) {
  if (doc_string_ != nullptr) {
    finish_doc_string();
    const bool both = state.phase == Phase::doc_string_after_table;
    return {state.block, both ? Phase::after_both : Phase::after_doc_string, state.in_rule};
  }
  Step& step = steps(state).back();
  step.doc_string = std::make_unique<DocString>(DocString{token.location(), {}, token.keyword, token.text});
  doc_string_ = step.doc_string.get();
  const bool both = state.phase == Phase::table;
  return {state.block, both ? Phase::doc_string_after_table : Phase::doc_string, state.in_rule};
}

void Builder::add_doc_string_line(const Token& token) {
  const auto unescaped = unescaped_delimiter(token.text, doc_string_->delimiter);
  lines_.push_back(unescaped ? document_.keep(*unescaped) : token.text);
}

void Builder::finish_description() {
  while (!lines_.empty() && trim(lines_.back()).empty()) lines_.pop_back();
  described_->description = joined(lines_, document_);
  described_ = nullptr;
  lines_.clear();
}

void Builder::finish_doc_string() {
  doc_string_->content = joined(lines_, document_);
  doc_string_ = nullptr;
  lines_.clear();
}

}  // namespace executor::gherkin
