// Fuzzes tag expressions: an input is an expression and, behind NUL bytes, the tags to ask it about. It must
// not know what is right for an input; that is the business of tests/oracle.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "executor/gherkin/line.h"
#include "executor/gherkin/tag_expression.h"
#include "tests/fuzz/require.h"

namespace {

using executor::gherkin::TagExpression;
using tests::require;

std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> parts;
  while (true) {
    const auto end = text.find('\0');
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

/// The canonical form writes every white space as a plain one, and so may name another tag.
bool keeps_its_tags(const TagExpression& expression) {
  return std::all_of(expression.tags().begin(), expression.tags().end(), [](std::string_view tag) {
    for (; !tag.empty(); tag.remove_prefix(1)) {
      if (tag.front() != ' ' && executor::gherkin::leading_space(tag) > 0) return false;
    }
    return true;
  });
}

void check(const TagExpression& expression, const std::vector<std::string_view>& tags) {
  const auto& names = expression.tags();
  require(std::set<std::string>(names.begin(), names.end()).size() == names.size(), "a tag is named once");
  const auto text = expression.text();
  const auto again = TagExpression::parse(text);
  require(again.has_value(), "the canonical form is an expression");
  require(again->text() == text, "the canonical form stays as it is");
  const bool matches = expression.matches(tags);
  if (keeps_its_tags(expression)) require(again->matches(tags) == matches, "it means the same");
  if (text.empty()) return require(matches, "nothing matches everything");
  const auto opposite = TagExpression::parse("not ( " + text + " )");
  require(opposite && opposite->matches(tags) != again->matches(tags), "`not` turns it over");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(data, data + size);
  auto tags = split(text);
  const auto expression = TagExpression::parse(tags.front());
  tags.erase(tags.begin());
  if (expression) {
    check(*expression, tags);
  } else {
    require(expression.error().starts_with("Tag expression \""), "the error quotes the expression");
  }
  return 0;
}
