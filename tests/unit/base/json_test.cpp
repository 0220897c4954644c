#include "base/json.h"

#include <gtest/gtest.h>

#include <string>

namespace base::json {
namespace {

TEST(Parse, DeepNestingNeedsNoStack) {
  const std::string deep(2'000'000, '[');
  EXPECT_FALSE(parse(deep));
  EXPECT_TRUE(parse(std::string(1'000'000, '[') + std::string(1'000'000, ']')));
}

TEST(Parse, InvalidUtf8IsAnErrorWithItsOffset) {
  const auto document = parse("{\"a\":\"\xff\"}");
  ASSERT_FALSE(document);
  EXPECT_GE(document.error().offset, 5u);
}

TEST(Find, WrongTypesAndMissingMembersGiveNull) {
  const auto document = parse(R"({"a":{"b":1},"s":"x"})");
  ASSERT_TRUE(document);
  EXPECT_EQ(as_int(find(&*document, "a", "b")), 1);
  EXPECT_EQ(find(&*document, "s", "b"), nullptr);
  EXPECT_EQ(find(&*document, "none", "b"), nullptr);
  EXPECT_EQ(as_string(find(&*document, "a")), std::nullopt);
  EXPECT_EQ(int_or(find(&*document, "s"), 7), 7);
}

TEST(Writer, EscapesAndKeepsTheOrder) {
  Writer out;
  out.begin_object().member("b", "a\"\n").member("a", 1).member("t", true).key("n").null();
  out.key("r").raw("[1]").member("e", std::string_view()).end_object();
  EXPECT_EQ(out.text(), R"({"b":"a\"\n","a":1,"t":true,"n":null,"r":[1],"e":""})");
}

}  // namespace
}  // namespace base::json
