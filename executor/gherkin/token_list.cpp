// The lines of a feature file as the parser recognized them, in the form of Gherkin's own test data. It must
// not know the tree.
#include "executor/gherkin/token_list.h"

#include <fmt/format.h>

#include <iterator>

namespace executor::gherkin {
namespace {

class Listing {
 public:
  Listing() { escapes_.arena = std::make_unique<std::pmr::monotonic_buffer_resource>(); }

  void add(const Token& token, const TokenMatcher& matcher) {
    if (token.type == TokenType::eof) {
      text_ += "EOF\n";
      return;
    }
    const bool is_whole_line =
        token.type == TokenType::empty || token.type == TokenType::comment || token.type == TokenType::other;
    append("({}:{}){}:", token.line.number, is_whole_line ? 1 : token.location().column,
           symbol_of(token.type).substr(1));
    if (!token.keyword.empty()) append("({}){}", keyword_type(token), token.keyword);
    const auto unescaped = token.type == TokenType::other && !matcher.open_doc_string().empty()
                               ? unescaped_delimiter(token.text, matcher.open_doc_string())
                               : std::nullopt;
    append("/{}/", unescaped ? std::string_view(*unescaped) : token.text);
    add_items(token);
    text_ += '\n';
  }

  std::string take() { return std::move(text_); }

 private:
  template <class... Arguments>
  void append(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    fmt::format_to(std::back_inserter(text_), format, std::forward<Arguments>(arguments)...);
  }

  /// Of titles and delimiters: none.
  static std::string_view keyword_type(const Token& token) {
    return token.type == TokenType::step_line ? name_of(token.keyword_type) : std::string_view();
  }

  void add_items(const Token& token) {
    if (token.type == TokenType::tag_line) {
      TagError unused;  // a line with such does not get here
      const auto tags = read_tags(token.line, unused).value_or(std::vector<Tag>());
      for (const auto& tag : tags) add_item(tag.location, tag.name, &tag == tags.data());
    }
    if (token.type == TokenType::table_row) {
      const auto cells = read_cells(token.line, escapes_);
      for (const auto& cell : cells) add_item(cell.location, cell.value, &cell == cells.data());
    }
  }

  void add_item(const Location& location, std::string_view text, bool is_first) {
    append("{}{}:{}", is_first ? "" : ",", location.column, text);
  }

  Document escapes_;
  std::string text_;
};

}  // namespace

tl::expected<std::string, std::vector<ParseError>> list_tokens(std::string text) {
  Listing listing;
  const auto document = parse(std::move(text), [&listing](const Token& token, const TokenMatcher& matcher) {
    listing.add(token, matcher);
  });
  if (!document) return tl::unexpected(document.error());
  return listing.take();
}

}  // namespace executor::gherkin
