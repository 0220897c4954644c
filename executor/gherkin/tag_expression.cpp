// Tag expressions: "@smoke and not (@slow or @wip)", with the meaning and the words of Cucumber's own parser
// (@cucumber/tag-expressions 11). It must not know where tags come from, nor what any of them asks for.
#include "executor/gherkin/tag_expression.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "executor/gherkin/line.h"
#include "executor/text/quote.h"

namespace executor::gherkin {
namespace {

/// The start of `text` as Cucumber's message shows it. JavaScript takes half of a character beyond U+FFFF
/// here, which comes out as U+FFFD wherever it is printed.
std::string_view shown_character(std::string_view text) {
  const auto length = text::utf8_length(text);
  return length == 0 || length > 3 ? "\xEF\xBF\xBD" : text.substr(0, length);
}

/// Words, operators and parentheses, escapes resolved. As in Cucumber, an escaped parenthesis that stands
/// alone is no different from a plain one, and a backslash at the very end counts for nothing.
tl::expected<std::vector<std::string>, std::string> tokenize(std::string_view text) {
  std::vector<std::string> tokens;
  std::string token;
  const auto end_token = [&] {
    if (!token.empty()) tokens.push_back(std::exchange(token, {}));
  };
  bool escaped = false;
  while (!text.empty()) {
    const auto space = leading_space(text);
    const auto c = text.substr(0, std::max<std::size_t>(space, 1));
    const bool separates = space > 0 || c == "(" || c == ")";
    if (escaped && !separates && c != "\\") {
      return tl::unexpected(fmt::format("Illegal escape before \"{}\"", shown_character(text)));
    }
    if (!escaped && separates) {
      end_token();
      if (space == 0) tokens.emplace_back(c);
    } else if (escaped || c != "\\") {
      token += c;
    }
    escaped = !escaped && c == "\\";
    text.remove_prefix(c.size());
  }
  end_token();
  return tokens;
}

/// A tag as it may stand in an expression. Cucumber writes every white space as a plain one.
std::string escaped(std::string_view tag) {
  std::string out;
  while (!tag.empty()) {
    const auto space = leading_space(tag);
    const char c = tag.front();
    if (space > 0 || c == '\\' || c == '(' || c == ')') out += '\\';
    out += space > 0 ? ' ' : c;
    tag.remove_prefix(std::max<std::size_t>(space, 1));
  }
  return out;
}

}  // namespace

/// Dijkstra's shunting yard, as in Cucumber: which mistake it sees first decides the message.
class TagExpression::Compiler {
 public:
  /// On failure: what is wrong, without the expression.
  tl::expected<TagExpression, std::string> run(const std::vector<std::string>& tokens) {
    for (const auto& token : tokens) {
      const auto problem = take(token);
      if (!problem.empty()) return tl::unexpected(std::string(problem));
    }
    while (!pending_.empty()) {
      const auto op = pending_.back().op;
      if (op == Pending::open) return tl::unexpected<std::string>("Unmatched (");
      if (operands_ < (op == Pending::negate ? 1U : 2U))
        return tl::unexpected<std::string>("Expected operand");
      finish();
    }
    return std::move(out_);
  }

 private:
  struct Pending {
    enum Op : std::uint8_t { open, either, both, negate };  // the later, the closer it binds

    Op op = open;
    std::size_t skip = 0;  ///< of `both` and `either`: the instruction behind the left side
  };

  /// What is wrong with `token` in this place; empty if nothing is.
  std::string_view take(const std::string& token) {
    const bool is_operator = token == "and" || token == "or";
    const bool wants_operand = !is_operator && token != ")";
    if (wants_operand != expects_operand_) return expects_operand_ ? "Expected operand" : "Expected operator";
    expects_operand_ = is_operator || token == "not" || token == "(";
    if (is_operator) {
      add_operator(token == "and" ? Pending::both : Pending::either);
    } else if (token == "not") {
      pending_.push_back({Pending::negate});
    } else if (token == "(") {
      pending_.push_back({Pending::open});
    } else if (token == ")") {
      finish_down_to(Pending::either);
      if (pending_.empty()) return "Unmatched )";
      pending_.pop_back();
    } else {
      add_tag(token);
    }
    return {};
  }

  void add_operator(Pending::Op op) {
    finish_down_to(op);
    pending_.push_back({op, out_.code_.size()});
    out_.code_.push_back({op == Pending::both ? Op::skip_if_false : Op::skip_if_true});
  }

  void add_tag(const std::string& tag) {
    const auto [known, is_new] = numbers_.try_emplace(tag, out_.tags_.size());
    if (is_new) out_.tags_.push_back(tag);
    out_.code_.push_back({Op::test, known->second});
    ++operands_;
  }

  /// Finishes what binds at least as close as `op`, which is never `open`.
  void finish_down_to(Pending::Op op) {
    while (!pending_.empty() && pending_.back().op >= op) finish();
  }

  void finish() {
    const auto [op, skip] = pending_.back();
    pending_.pop_back();
    if (op == Pending::negate) {
      out_.code_.push_back({Op::negate});
      return;
    }
    out_.code_[skip].operand = out_.code_.size();
    out_.code_.push_back({op == Pending::both ? Op::both : Op::either});
    --operands_;
  }

  TagExpression out_;
  std::unordered_map<std::string_view, std::size_t> numbers_;  ///< of tags; its keys are the caller's tokens
  std::vector<Pending> pending_;                               ///< without all their operands
  std::size_t operands_ = 0;                                   ///< compiled, and of no operator yet
  bool expects_operand_ = true;
};

tl::expected<TagExpression, std::string> TagExpression::parse(std::string_view text) {
  return tokenize(text)
      .and_then([](const std::vector<std::string>& tokens) { return Compiler().run(tokens); })
      .map_error([text](const std::string& problem) {
        return fmt::format("Tag expression \"{}\" could not be parsed because of syntax error: {}.", text,
                           problem);
      });
}

bool TagExpression::matches(std::span<const std::string_view> tags) const {
  bool result = true;
  for (std::size_t at = 0; at < code_.size();) {
    const auto [op, operand] = code_[at++];
    switch (op) {
      case Op::test: result = std::find(tags.begin(), tags.end(), tags_[operand]) != tags.end(); break;
      case Op::negate: result = !result; break;
      case Op::skip_if_false: at = result ? at : operand; break;
      case Op::skip_if_true: at = result ? operand : at; break;
      case Op::both:
      case Op::either: break;
    }
  }
  return result;
}

std::string TagExpression::text() const {
  // Written from the end, where each operator stands before its operands, and turned round at last: only so
  // is it known how many parentheses an operand is within.
  std::string out;
  const auto write = [&out](std::string_view piece) { out.append(piece.rbegin(), piece.rend()); };
  struct Open {
    std::string_view between;  ///< empty once the right side is written, and for `not`
    std::string_view before;
  };
  std::vector<Open> open;
  for (auto at = code_.rbegin(); at != code_.rend(); ++at) {
    if (is_binary(at->op)) {
      write(" )");
      open.push_back({at->op == Op::both ? " and " : " or ", "( "});
    } else if (at->op == Op::negate) {
      const bool has_parentheses = is_binary(std::next(at)->op);
      write(has_parentheses ? "" : " )");
      open.push_back({"", has_parentheses ? "not " : "not ( "});
    } else if (at->op == Op::test) {
      write(escaped(tags_[at->operand]));
      for (; !open.empty() && open.back().between.empty(); open.pop_back()) write(open.back().before);
      if (!open.empty()) write(std::exchange(open.back().between, {}));
    }
  }
  std::reverse(out.begin(), out.end());
  return out;
}

}  // namespace executor::gherkin
