// Tag expressions: "@smoke and not (@slow or @wip)", with the meaning and the words of Cucumber's own parser
// (@cucumber/tag-expressions 11). It must not know where tags come from, nor what any of them asks for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

namespace executor::gherkin {

/// A condition on the tags of a scenario. Neither reading nor asking it recurses: no expression is too deep.
class TagExpression {
 public:
  /// Reads tags, `and`, `or`, `not` and parentheses; `not` binds closest, then `and`. A backslash before a
  /// parenthesis, a backslash or white space makes that a part of a tag. Text that holds nothing matches all.
  /// On failure: Cucumber's message, which quotes the whole `text` as it is, line ends included.
  static tl::expected<TagExpression, std::string> parse(std::string_view text);

  /// Matches everything.
  TagExpression() = default;

  /// Whether it holds for something with exactly these tags, each with its '@'. Allocates nothing.
  [[nodiscard]] bool matches(std::span<const std::string_view> tags) const;

  /// Cucumber's canonical form, with every parenthesis: "( @a and not ( @b ) )"; empty if it matches all.
  [[nodiscard]] std::string text() const;

  /// The tags that it names, each once, in the order of their first mention, escapes resolved.
  [[nodiscard]] const std::vector<std::string>& tags() const { return tags_; }

 private:
  class Compiler;

  /// What an instruction does to the one result that matches() holds.
  enum class Op : std::uint8_t {
    test,           ///< becomes whether the tag number `operand` is there
    negate,         ///< is turned over
    skip_if_false,  ///< stands behind the left side of `both`: a false one decides, go on at `operand`
    skip_if_true,   ///< the same for `either`
    both,           ///< nothing more to do; both sides of an `and` end here
    either,         ///< the same for an `or`
  };

  struct Instruction {
    Op op = Op::test;
    std::size_t operand = 0;
  };

  static bool is_binary(Op op) { return op == Op::both || op == Op::either; }

  std::vector<Instruction> code_;  ///< operands before their operator
  std::vector<std::string> tags_;
};

}  // namespace executor::gherkin
