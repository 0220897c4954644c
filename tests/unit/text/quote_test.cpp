#include "executor/text/quote.h"

#include <gtest/gtest.h>

namespace executor::text {
namespace {

TEST(Utf8Length, WellFormedOnly) {
  EXPECT_EQ(utf8_length("a"), 1u);
  EXPECT_EQ(utf8_length("\xC3\xA9"), 2u);
  EXPECT_EQ(utf8_length("\xE2\x82\xAC"), 3u);
  EXPECT_EQ(utf8_length("\xF0\x9F\x98\x80"), 4u);
  for (const auto* bad : {"\xC0\x80", "\x80", "\xE0\x80\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80",
                          "\xF0\x80\x80\x80", "\xE2\x82", "\xFF", ""}) {
    EXPECT_EQ(utf8_length(bad), 0u);
  }
}

TEST(ValidUtf8, ReplacesWhatIsNone) {
  EXPECT_EQ(valid_utf8("a\xFF\xC3\xA9\xC3"), "a\xEF\xBF\xBD\xC3\xA9\xEF\xBF\xBD");
}

TEST(ValidUtf8, BegunCharacterIsReplacedOnce) {
  const std::string mark = "\xEF\xBF\xBD";
  EXPECT_EQ(valid_utf8("\xE2\x82 \xF0\x9F\x98 \xF0\x9F"), mark + " " + mark + " " + mark);
  EXPECT_EQ(valid_utf8("\xED\xA0\x80"), mark + mark + mark);
  EXPECT_EQ(valid_utf8("\xF4\x90\x80\x80"), mark + mark + mark + mark);
}

TEST(ValidUtf8Length, EndsBeforeTheFirstThingThatIsNone) {
  EXPECT_EQ(valid_utf8_length(""), 0u);
  EXPECT_EQ(valid_utf8_length("0123456789abcdef\xC3\xA9x"), 19u);
  EXPECT_EQ(valid_utf8_length("0123456789\xC3"), 10u);
}

TEST(Quote, WritesControlsOutAndCutsLongTexts) {
  EXPECT_EQ(quote("a\n\t\x1b[31m\xC2\x9b\xE2\x80\xAE\xFF"), "a\\n\\t\\x1b[31m\\xc2\\x9b\\xe2\\x80\\xae\\xff");
  EXPECT_EQ(quote("äöü", 2), "äö…");
  EXPECT_EQ(quote("äö", 2), "äö");
}

}  // namespace
}  // namespace executor::text
