#include "executor/report/live_area.h"

#include <gtest/gtest.h>

#include <sstream>

namespace executor::report {
namespace {

class LiveAreaTest : public testing::Test {
 protected:
  std::string print(const std::string& text, const std::vector<std::string>& lines) {
    out_.str({});
    area_.print(text, lines);
    return out_.str();
  }

  std::size_t columns_ = 20;
  std::ostringstream out_;
  LiveArea area_{out_, [this] { return columns_; }};
};

TEST_F(LiveAreaTest, TextGoesAboveTheArea) {
  EXPECT_EQ(print("one\n", {"1/2"}), "one\n1/2");
  EXPECT_EQ(print("two\n", {"2/2", "x"}), "\r\x1b[Jtwo\n2/2\nx");
  EXPECT_EQ(print("three\n", {}), "\r\x1b[1A\x1b[Jthree\n");
  EXPECT_EQ(print("four\n", {}), "four\n");
}

TEST_F(LiveAreaTest, LinesAreCutSoThatNoneBreaks) {
  EXPECT_EQ(print("", {std::string(30, 'x')}), std::string(18, 'x') + "…");
}

TEST_F(LiveAreaTest, AreaThatANarrowerTerminalHasBrokenIsErasedWhole) {
  print("", {std::string(19, 'x'), "y"});
  columns_ = 10;
  EXPECT_EQ(print("", {}), "\r\x1b[2A\x1b[J") << "19 columns take two rows of 10";
}

TEST_F(LiveAreaTest, WidthOfNothingIsSurvived) {
  columns_ = 0;
  EXPECT_EQ(print("", {"abc"}), "…");
}

TEST(Columns, ColorsTakeNoneAndWideCharactersTwo) {
  EXPECT_EQ(column_count("\x1b[31mred\x1b[0m"), 3u);
  EXPECT_EQ(column_count("日本"), 4u);
  EXPECT_EQ(column_count("é\xff"), 2u);
  EXPECT_EQ(clipped("\x1b[31mfailed\x1b[0m", 4), "\x1b[31mfai…\x1b[0m");
  EXPECT_EQ(clipped("日本語", 4), "日…");
  EXPECT_EQ(clipped("abc", 3), "abc");
  EXPECT_EQ(clipped("\x1b[", 1), "\x1b[");
}

}  // namespace
}  // namespace executor::report
