#include "executor/gherkin/tag_expression.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace executor::gherkin {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::size_t kVeryDeep = 100'000;

TagExpression parsed_tags(std::string_view text) {
  auto expression = TagExpression::parse(text);
  if (!expression) {
    ADD_FAILURE() << expression.error();
    return {};
  }
  return std::move(*expression);
}

bool holds(const TagExpression& expression, const std::vector<std::string_view>& tags) {
  return expression.matches(tags);
}

bool matches(std::string_view text, const std::vector<std::string_view>& tags) {
  return holds(parsed_tags(text), tags);
}

std::string canonical(std::string_view text) {
  return parsed_tags(text).text();
}

std::string error_of(std::string_view text) {
  const auto expression = TagExpression::parse(text);
  return expression ? "no error, but " + expression->text() : expression.error();
}

std::string syntax_error(const std::string& text, const std::string& problem) {
  return "Tag expression \"" + text + "\" could not be parsed because of syntax error: " + problem + ".";
}

std::string repeated(std::string_view piece, std::size_t times = kVeryDeep) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += piece;
  return out;
}

TEST(TagExpression, SingleTagThenMatchesOnlyTheWholeTag) {
  EXPECT_TRUE(matches("@a", {"@b", "@a"}));
  EXPECT_FALSE(matches("@a", {"@ab", "a", "@A"}));
  EXPECT_FALSE(matches("@a", {}));
}

TEST(TagExpression, EachOperatorThenItsTruthTable) {
  const std::vector<std::vector<std::string_view>> sets = {{}, {"@a"}, {"@b"}, {"@a", "@b"}};
  const auto table = [&sets](std::string_view text) {
    std::string out;
    for (const auto& tags : sets) out += parsed_tags(text).matches(tags) ? '1' : '0';
    return out;
  };
  EXPECT_EQ(table("@a and @b"), "0001");
  EXPECT_EQ(table("@a or @b"), "0111");
  EXPECT_EQ(table("not @a"), "1010");
  EXPECT_EQ(table("not @a and @b"), "0010");
  EXPECT_EQ(table("not (@a and @b)"), "1110");
  EXPECT_EQ(table("not not @a"), "0101");
  EXPECT_EQ(table("@a and not @b or @b and not @a"), "0110");
}

TEST(TagExpression, EmptyThenMatchesEverything) {
  for (const auto* text : {"", " \t\r\n", "\xC2\xA0\xEF\xBB\xBF", "\\"}) {
    EXPECT_TRUE(matches(text, {})) << text;
    EXPECT_TRUE(matches(text, {"@a"})) << text;
    EXPECT_EQ(canonical(text), "");
    EXPECT_THAT(parsed_tags(text).tags(), IsEmpty());
  }
  EXPECT_TRUE(TagExpression().matches({}));
}

TEST(TagExpression, WithoutParenthesesThenNotBindsBeforeAndBeforeOr) {
  EXPECT_EQ(canonical("@a or @b and @c"), "( @a or ( @b and @c ) )");
  EXPECT_EQ(canonical("@a and @b or @c"), "( ( @a and @b ) or @c )");
  EXPECT_EQ(canonical("not @a and @b"), "( not ( @a ) and @b )");
  EXPECT_EQ(canonical("@a and not @b or @c"), "( ( @a and not ( @b ) ) or @c )");
  EXPECT_EQ(canonical("@a or @b or @c and @d and @e"), "( ( @a or @b ) or ( ( @c and @d ) and @e ) )");
}

TEST(TagExpression, ParenthesesThenTheyDecide) {
  EXPECT_EQ(canonical("(@a or @b)and(@c)"), "( ( @a or @b ) and @c )");
  EXPECT_EQ(canonical("@a and (@b and @c)"), "( @a and ( @b and @c ) )");
  EXPECT_EQ(canonical("not(@a or @b)"), "not ( @a or @b )");
  EXPECT_EQ(canonical("not (((@a)))"), "not ( @a )");
  EXPECT_EQ(canonical("not not @a"), "not ( not ( @a ) )");
}

TEST(TagExpression, ShortCircuitAcrossNestingThenTheRestStillCounts) {
  EXPECT_TRUE(matches("(@x and @y) or @c", {"@c"}));
  EXPECT_TRUE(matches("(@a or @x) and @c", {"@a", "@c"}));
  EXPECT_FALSE(matches("(@a or @x) and (@x or not @c)", {"@a", "@c"}));
  EXPECT_TRUE(matches("not (@x and @y) and (@x or not (@y or @z))", {"@a"}));
}

TEST(TagExpression, WordsMuchLikeOperatorsThenTheyAreTags) {
  EXPECT_EQ(canonical("AND and Not or nota"), "( ( AND and Not ) or nota )");
  EXPECT_EQ(canonical("@a,@b or ~@c or !"), "( ( @a,@b or ~@c ) or ! )");
}

TEST(TagExpression, EscapesThenTheyArePartOfTheTag) {
  const auto expression = parsed_tags(R"(@a\(1\) or @b\\ or @c\ d)");
  EXPECT_THAT(expression.tags(), ElementsAre("@a(1)", "@b\\", "@c d"));
  EXPECT_EQ(expression.text(), R"(( ( @a\(1\) or @b\\ ) or @c\ d ))");
  EXPECT_TRUE(matches(R"(@a\(1\))", {"@a(1)"}));
  EXPECT_TRUE(matches(R"(\ )", {" "}));
}

TEST(TagExpression, OtherWhiteSpaceThenItSeparatesAndIsWrittenAsASpace) {
  EXPECT_EQ(canonical("@a\tand\n@b\xC2\xA0or\xE3\x80\x80@c"), "( ( @a and @b ) or @c )");
  EXPECT_EQ(canonical("@a\\\tb\\\xE2\x80\x83"
                      "c"),
            "@a\\ b\\ c");
  EXPECT_TRUE(matches("@a\\\tb", {"@a\tb"}));
  EXPECT_FALSE(matches("@a\\\tb", {"@a b"}));
  EXPECT_EQ(canonical("@a\xE2\x80\x8B"
                      "b"),
            "@a\xE2\x80\x8B"
            "b")
      << "U+200B is no white space";
}

TEST(TagExpression, EscapedParenthesisAloneThenItIsAPlainOne) {
  EXPECT_EQ(canonical(R"(\( @a \))"), "@a");
  EXPECT_EQ(error_of(R"(\()"), syntax_error(R"(\()", "Unmatched ("));
  EXPECT_EQ(canonical(R"(\(\))"), R"(\(\))");
}

TEST(TagExpression, BackslashAtTheEndThenItCountsForNothing) {
  EXPECT_EQ(canonical("@a\\"), "@a");
  EXPECT_EQ(canonical("@a \\"), "@a");
  EXPECT_EQ(canonical(R"(@a\\)"), R"(@a\\)");
}

TEST(TagExpression, OperandMissingThenExpectedOperand) {
  for (const auto* text : {"and", "or @a", "@a and", "@a or or @b", "not", "@a and not", "()", ")",
                           "( @a and", "( @a or )", "not )", "( not", "@a or @b and"}) {
    EXPECT_EQ(error_of(text), syntax_error(text, "Expected operand"));
  }
}

TEST(TagExpression, OperatorMissingThenExpectedOperator) {
  for (const auto* text : {"@a @b", "@a not @b", "@a (@b)", "(@a)(@b)", "(@a) @b", "(@a) not @b", "@a \\ "}) {
    EXPECT_EQ(error_of(text), syntax_error(text, "Expected operator"));
  }
}

TEST(TagExpression, ParenthesesUnmatchedThenTheErrorNamesThem) {
  for (const auto* text :
       {"(", "(@a", "((@a)", "@a and (", "not (", "(@a or @b and @c", "(@a) and (not @b"}) {
    EXPECT_EQ(error_of(text), syntax_error(text, "Unmatched ("));
  }
  for (const auto* text : {"@a)", "(@a))", "not @a)", "@a or @b) and"}) {
    EXPECT_EQ(error_of(text), syntax_error(text, "Unmatched )"));
  }
}

TEST(TagExpression, SeveralMistakesThenTheOneThatCucumberSeesFirst) {
  EXPECT_EQ(error_of("( @a and @b or"), syntax_error("( @a and @b or", "Expected operand"));
  EXPECT_EQ(error_of("@a and ( @b not"), syntax_error("@a and ( @b not", "Expected operator"));
  EXPECT_EQ(error_of("@a and @b and ( not ("), syntax_error("@a and @b and ( not (", "Unmatched ("));
  EXPECT_EQ(error_of("( @a ) and ( not"), syntax_error("( @a ) and ( not", "Unmatched ("));
  EXPECT_EQ(error_of("@a @b \\x"), syntax_error("@a @b \\x", "Illegal escape before \"x\""));
}

TEST(TagExpression, EscapeOfAnythingElseThenTheErrorNamesTheCharacter) {
  EXPECT_EQ(error_of(R"(@a\b or \c)"), syntax_error(R"(@a\b or \c)", R"(Illegal escape before "b")"));
  EXPECT_EQ(error_of(R"(\")"), syntax_error(R"(\")", R"(Illegal escape before """)"));
  EXPECT_EQ(error_of("\\\xE2\x82\xAC"),
            syntax_error("\\\xE2\x82\xAC", "Illegal escape before \"\xE2\x82\xAC\""));
  EXPECT_EQ(error_of("\\\xF0\x9F\x98\x80"),
            syntax_error("\\\xF0\x9F\x98\x80", "Illegal escape before \"\xEF\xBF\xBD\""));
}

TEST(TagExpression, NoUtf8ThenItsBytesAreComparedAndKept) {
  for (const std::string_view tag : {"\xFF", "@\xC3", "\xE2\x80", "\xF0\x9F\x98", "\x80\xA0"}) {
    EXPECT_TRUE(matches(tag, {tag})) << tag;
    EXPECT_EQ(canonical(tag), tag);
  }
  EXPECT_TRUE(matches("\xF0\x9F\\(\x98", {"\xF0\x9F(\x98"}));
  EXPECT_FALSE(matches("@a", {"\xFF", "@a\xC3"}));
  EXPECT_EQ(canonical("\xC3 or\xC2\xA0\xE2"), "( \xC3 or \xE2 )");
  EXPECT_EQ(error_of("\\\xFF"), syntax_error("\\\xFF", "Illegal escape before \"\xEF\xBF\xBD\""));
  EXPECT_EQ(error_of("\\\xE2\x82"), syntax_error("\\\xE2\x82", "Illegal escape before \"\xEF\xBF\xBD\""));
}

TEST(TagExpression, TagNamedTwiceThenItIsListedOnce) {
  EXPECT_THAT(parsed_tags("@b and (@a or not @b) or @c").tags(), ElementsAre("@b", "@a", "@c"));
}

TEST(TagExpression, CopyThenItOutlivesTheOriginalAndTheText) {
  TagExpression copy;
  {
    const std::string text = "@a and not a_tag_too_long_for_the_string_itself";
    const auto original = parsed_tags(text);
    copy = original;
  }
  EXPECT_TRUE(holds(copy, {"@a"}));
  EXPECT_FALSE(holds(copy, {"@a", "a_tag_too_long_for_the_string_itself"}));
}

TEST(TagExpression, VeryManyParenthesesThenNoStackOverflows) {
  EXPECT_EQ(canonical(repeated("(") + "@a" + repeated(")")), "@a");
  const auto unmatched = repeated("(");
  EXPECT_EQ(error_of(unmatched), syntax_error(unmatched, "Unmatched ("));
}

TEST(TagExpression, VeryManyNotsThenNoStackOverflows) {
  const auto even = parsed_tags(repeated("not ") + "@a");
  EXPECT_TRUE(holds(even, {"@a"}));
  EXPECT_FALSE(holds(even, {}));
  EXPECT_EQ(even.text(), repeated("not ( ") + "@a" + repeated(" )"));
}

TEST(TagExpression, VeryDeepOnTheRightThenNoStackOverflows) {
  const auto expression = parsed_tags(repeated("@a and (") + "@b" + repeated(")"));
  EXPECT_TRUE(holds(expression, {"@a", "@b"}));
  EXPECT_FALSE(holds(expression, {"@a"}));
  EXPECT_FALSE(holds(expression, {"@b"}));
  EXPECT_EQ(expression.text(), repeated("( @a and ") + "@b" + repeated(" )"));
}

TEST(TagExpression, VeryDeepOnTheLeftThenNoStackOverflows) {
  const auto expression = parsed_tags("@b" + repeated(" or @a"));
  EXPECT_TRUE(holds(expression, {"@b"}));
  EXPECT_TRUE(holds(expression, {"@a"}));
  EXPECT_FALSE(holds(expression, {"@c"}));
  EXPECT_EQ(expression.text(), repeated("( ") + "@b" + repeated(" or @a )"));
  EXPECT_THAT(expression.tags(), ElementsAre("@b", "@a"));
}

}  // namespace
}  // namespace executor::gherkin
