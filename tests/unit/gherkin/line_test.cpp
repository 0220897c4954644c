#include "executor/gherkin/line.h"

#include <gtest/gtest.h>

namespace executor::gherkin {
namespace {

TEST(LineReader, BothLineEndsAndALastLineWithoutOne) {
  LineReader lines("a\r\nb\nc");
  EXPECT_EQ(lines.next().text, "a");
  EXPECT_EQ(lines.next().text, "b");
  const auto last = lines.next();
  EXPECT_EQ(last.text, "c");
  EXPECT_EQ(last.number, 3u);
  EXPECT_TRUE(lines.next().is_eof);
  EXPECT_EQ(lines.next().number, 5u);
}

TEST(LineReader, LastLineOfSpaceOnlyDoesNotCount) {
  LineReader lines("a\n  ");
  lines.next();
  EXPECT_TRUE(lines.next().is_eof);
  EXPECT_TRUE(LineReader("").next().is_eof);
}

TEST(Line, IndentCountsCharactersAndNotBytes) {
  const Line line("\xC2\xA0\t\xE3\x80\x80text", 1);
  EXPECT_EQ(line.indent, 3u);
  EXPECT_EQ(line.trimmed, "text");
  EXPECT_EQ(line.without_indent(1), "\t\xE3\x80\x80text");
  EXPECT_EQ(line.without_indent(2), "\xE3\x80\x80text");
  EXPECT_EQ(line.without_indent(9), "text");
}

TEST(Trim, TakesOffUnicodeSpaceAtBothEnds) {
  EXPECT_EQ(trim(" \xEF\xBB\xBFx \xE2\x80\x83"), "x");
  EXPECT_EQ(trim("\xC3\xA9"), "\xC3\xA9");
  EXPECT_EQ(trim(" \t"), "");
}

TEST(CountCodePoints, CountsThem) {
  EXPECT_EQ(count_code_points("a\xC3\xA9\xF0\x9F\x98\x80"), 3u);
}

}  // namespace
}  // namespace executor::gherkin
