// What a line of a feature file is, and the matching of one line against one kind. It must not know which
// kinds may follow which.
#include "executor/gherkin/token.h"

#include <algorithm>
#include <utility>

namespace executor::gherkin {
namespace {

constexpr std::string_view kQuotes = "\"\"\"";
constexpr std::string_view kBackticks = "```";

bool is_language_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
}

/// Where a comment begins behind tags: a '#' after white space.
std::string_view without_comment(std::string_view text) {
  for (std::size_t hash = text.find('#'); hash != std::string_view::npos; hash = text.find('#', hash + 1)) {
    if (const auto space = trailing_space(text.substr(0, hash))) return text.substr(0, hash - space);
  }
  return text;
}

bool has_space(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (leading_space(text.substr(i)) > 0) return true;
  }
  return false;
}

/// By how many columns the byte moves on within a row: cells are counted as ECMAScript counts, where a
/// character beyond U+FFFF is two.
std::uint32_t utf16_units(char byte) {
  const auto c = static_cast<unsigned char>(byte);
  if ((c & 0xC0U) == 0x80U) return 0;
  return c >= 0xF0 ? 2 : 1;
}

/// White space that may surround a cell; a line break that an escape made stays.
std::size_t cell_space(std::string_view text, bool at_end) {
  if (text.empty()) return 0;
  const char c = at_end ? text.back() : text.front();
  if (c == ' ' || c == '\t' || c == '\v' || c == '\f' || c == '\r') return 1;
  if (text.size() < 2) return 0;
  const auto two = at_end ? text.substr(text.size() - 2) : text.substr(0, 2);
  return two == "\xC2\x85" || two == "\xC2\xA0" ? 2 : 0;
}

/// Collects one cell: a slice of the line for as long as no escape changes it.
class CellText {
 public:
  void begin(const char* at) {
    slice_ = {at, std::size_t{0}};
    changed_.reset();
  }
  void add(const char* at, std::size_t size) {
    if (changed_) {
      changed_->append(at, size);
    } else {
      slice_ = std::string_view(slice_.data(), static_cast<std::size_t>(at - slice_.data()) + size);
    }
  }
  void add_changed(char c) {
    if (!changed_) changed_.emplace(slice_);
    *changed_ += c;
  }
  [[nodiscard]] std::string_view text() const { return changed_ ? std::string_view(*changed_) : slice_; }
  [[nodiscard]] bool is_slice() const { return !changed_; }

 private:
  std::string_view slice_;
  std::optional<std::string> changed_;
};

}  // namespace

std::string_view symbol_of(TokenType type) {
  switch (type) {
    case TokenType::eof: return "#EOF";
    case TokenType::empty: return "#Empty";
    case TokenType::comment: return "#Comment";
    case TokenType::tag_line: return "#TagLine";
    case TokenType::feature_line: return "#FeatureLine";
    case TokenType::rule_line: return "#RuleLine";
    case TokenType::background_line: return "#BackgroundLine";
    case TokenType::scenario_line: return "#ScenarioLine";
    case TokenType::examples_line: return "#ExamplesLine";
    case TokenType::step_line: return "#StepLine";
    case TokenType::doc_string_separator: return "#DocStringSeparator";
    case TokenType::table_row: return "#TableRow";
    case TokenType::language: return "#Language";
    case TokenType::other: return "#Other";
  }
  return "#None";
}

bool TokenMatcher::matches(TokenType type, Token& token) {
  token.type = type;
  token.keyword = token.text = {};
  const Line& line = token.line;
  if (line.is_eof || type == TokenType::eof) return line.is_eof && type == TokenType::eof;
  switch (type) {
    case TokenType::empty: return line.trimmed.empty();
    case TokenType::comment: return match_comment(token);
    case TokenType::tag_line: return line.starts_with("@");
    case TokenType::table_row: return line.starts_with("|");
    case TokenType::feature_line: return match_title(token, dialect_->feature);
    case TokenType::rule_line: return match_title(token, dialect_->rule);
    case TokenType::background_line: return match_title(token, dialect_->background);
    case TokenType::scenario_line: return match_title(token, dialect_->scenario);
    case TokenType::examples_line: return match_title(token, dialect_->examples);
    case TokenType::step_line: return match_step(token);
    case TokenType::doc_string_separator: return match_separator(token);
    case TokenType::language: return match_language(token);
    case TokenType::other: return match_other(token);
    case TokenType::eof: break;
  }
  return false;
}

bool TokenMatcher::change_language(std::string_view language) {
  const Dialect* dialect = find_dialect(language);
  if (dialect == nullptr) return false;
  dialect_ = dialect;
  return true;
}

bool TokenMatcher::match_title(Token& token, std::span<const std::string_view> keywords) const {
  const auto text = token.line.trimmed;
  for (const auto keyword : keywords) {
    if (text.size() <= keyword.size() || text[keyword.size()] != ':' || !text.starts_with(keyword)) continue;
    token.keyword = keyword;
    token.text = trim(text.substr(keyword.size() + 1));
    return true;
  }
  return false;
}

bool TokenMatcher::match_step(Token& token) const {
  for (const auto& keyword : dialect_->steps) {
    if (!token.line.starts_with(keyword.text)) continue;
    token.keyword = keyword.text;
    token.keyword_type = keyword.type;
    token.text = trim(token.line.trimmed.substr(keyword.text.size()));
    return true;
  }
  return false;
}

bool TokenMatcher::match_separator(Token& token) {
  if (!doc_string_.empty()) {
    if (!token.line.starts_with(doc_string_)) return false;
    token.keyword = std::exchange(doc_string_, {});
    token.text = {};
    doc_string_indent_ = 0;
    return true;
  }
  for (const auto delimiter : {kQuotes, kBackticks}) {
    if (!token.line.starts_with(delimiter)) continue;
    token.keyword = doc_string_ = delimiter;
    token.text = trim(token.line.trimmed.substr(delimiter.size()));
    doc_string_indent_ = token.line.indent;
    return true;
  }
  return false;
}

bool TokenMatcher::match_comment(Token& token) {
  if (!token.line.starts_with("#")) return false;
  token.text = token.line.text;
  return true;
}

/// "# language: en" with white space anywhere between its parts.
bool TokenMatcher::match_language(Token& token) const {
  auto rest = token.line.trimmed;
  if (!rest.starts_with('#')) return false;
  rest = trim_left(rest.substr(1));
  if (!rest.starts_with("language")) return false;
  rest = trim_left(rest.substr(8));
  if (!rest.starts_with(':')) return false;
  rest = trim(rest.substr(1));
  if (rest.empty() || !std::all_of(rest.begin(), rest.end(), is_language_character)) return false;
  token.text = rest;
  return true;
}

bool TokenMatcher::match_other(Token& token) const {
  token.text = token.line.without_indent(doc_string_indent_);
  return true;
}

std::optional<std::vector<Tag>> read_tags(const Line& line, TagError& error) {
  std::vector<Tag> tags;
  std::uint32_t column = line.indent + 1;
  auto rest = without_comment(line.trimmed);
  while (!rest.empty()) {
    const auto next = rest.find('@', 1);
    const auto item = rest.substr(1, next == std::string_view::npos ? next : next - 1);
    const auto name = trim_right(item);
    rest.remove_prefix(next == std::string_view::npos ? rest.size() : next);
    if (name.empty()) continue;
    if (has_space(name)) {
      error.location = {line.number, column};
      return std::nullopt;
    }
    tags.push_back({{line.number, column}, std::string_view(name.data() - 1, name.size() + 1)});
    column += count_code_points(item) + 1;
  }
  return tags;
}

std::optional<std::string> unescaped_delimiter(std::string_view line, std::string_view delimiter) {
  const std::string_view escaped = delimiter == kBackticks ? "\\`\\`\\`" : "\\\"\\\"\\\"";
  const auto found = line.find(escaped);
  if (found == std::string_view::npos) return std::nullopt;
  return std::string(line).replace(found, escaped.size(), delimiter);
}

std::vector<Cell> read_cells(const Line& line, const Document& document) {
  std::vector<Cell> cells;
  CellText cell;
  std::uint32_t column = 1;  // of the next character, within the trimmed line
  std::uint32_t begin = 1;
  bool first = true;
  const auto text = line.trimmed;
  const auto finish = [&] {
    auto value = cell.text();
    std::uint32_t skipped = 0;
    for (std::size_t n = 0; (n = cell_space(value, false)) > 0; ++skipped) value.remove_prefix(n);
    while (const auto n = cell_space(value, true)) value.remove_suffix(n);
    if (!cell.is_slice()) value = document.keep(value);
    cells.push_back({{line.number, line.indent + begin + skipped}, value});
  };
  cell.begin(text.data());
  for (std::size_t i = 0; i < text.size(); ++i) {
    column += utf16_units(text[i]);
    if (text[i] == '|') {
      if (!first) finish();  // what stands before the first bar is no cell
      first = false;
      cell.begin(text.data() + i + 1);
      begin = column;
    } else if (text[i] == '\\' && i + 1 < text.size() &&
               std::string_view("n|\\").find(text[i + 1]) != std::string_view::npos) {
      ++i;
      ++column;
      cell.add_changed(text[i] == 'n' ? '\n' : text[i]);
    } else {
      cell.add(text.data() + i, 1);
    }
  }
  return cells;
}

}  // namespace executor::gherkin
