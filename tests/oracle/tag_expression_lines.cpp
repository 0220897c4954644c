// Answers each line {"expression": …, "tags": [[…], …]} with {"text": …, "matches": […]} or {"error": …}.
// It must not know what the answers are compared with.
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "base/json.h"
#include "executor/gherkin/tag_expression.h"

namespace {

using executor::gherkin::TagExpression;

std::vector<std::string_view> strings_of(const base::json::Value& array) {
  std::vector<std::string_view> strings;
  for (const auto& value : array.GetArray()) strings.push_back(base::json::as_string(&value).value());
  return strings;
}

std::string answer(const base::json::Value& question) {
  base::json::Writer out;
  out.begin_object();
  const auto expression = TagExpression::parse(base::json::as_string(&question["expression"]).value());
  if (expression) {
    out.member("text", expression->text()).key("matches").begin_array();
    for (const auto& tags : question["tags"].GetArray()) out.value(expression->matches(strings_of(tags)));
    out.end_array();
  } else {
    out.member("error", expression.error());
  }
  return out.end_object().take();
}

}  // namespace

int main() {
  for (std::string line; std::getline(std::cin, line);) {
    const auto question = base::json::parse(line);
    if (!question) {
      std::cerr << "no JSON at byte " << question.error().offset << ": " << question.error().message << '\n';
      return EXIT_FAILURE;
    }
    // Flushed, so that after a crash the number of answers says which question it was.
    std::cout << answer(*question) << std::endl;
  }
}
