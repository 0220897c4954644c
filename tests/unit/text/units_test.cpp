#include "executor/text/units.h"

#include <gtest/gtest.h>

namespace executor::text {
namespace {

using namespace std::chrono_literals;

TEST(ParseDuration, UnitsAndSums) {
  EXPECT_EQ(parse_duration("500ms"), 500ms);
  EXPECT_EQ(parse_duration("30"), 30s);
  EXPECT_EQ(parse_duration("1.5s"), 1500ms);
  EXPECT_EQ(parse_duration("1m30s"), 90s);
  EXPECT_EQ(parse_duration("2h"), 2h);
  EXPECT_EQ(parse_duration("0"), 0ms);
}

TEST(ParseDuration, WrongOnesSayWhatIsExpected) {
  for (const auto* text : {"", "s", "5x", "-1s", "1.2.3s", "5 s", "1e9", "99999999999999h"}) {
    EXPECT_FALSE(parse_duration(text)) << text;
  }
  EXPECT_EQ(parse_duration("5x").error(),
            "'5x' is no duration; expected one such as 500ms, 30s, 2m or 1m30s");
}

TEST(ParseSize, Units) {
  EXPECT_EQ(parse_size("64m"), std::int64_t{64} << 20);
  EXPECT_EQ(parse_size("1G"), std::int64_t{1} << 30);
  EXPECT_EQ(parse_size("1.5kb"), 1536);
  EXPECT_EQ(parse_size("100"), 100);
  for (const auto* text : {"", "m", "5x", "-1", "5m5", "1e30", "9999999999t"})
    EXPECT_FALSE(parse_size(text)) << text;
}

TEST(ParseNumber, KeepsToItsBounds) {
  EXPECT_EQ(parse_number("7", 1, 9), 7);
  EXPECT_EQ(parse_number("10", 1, 9).error(), "'10' is no whole number from 1 to 9");
  EXPECT_FALSE(parse_number("7x", 1, 9));
  EXPECT_FALSE(parse_number("", 1, 9));
}

TEST(Format, ShortForPeople) {
  EXPECT_EQ(format_duration(850ms), "850ms");
  EXPECT_EQ(format_duration(12345ms), "12.3s");
  EXPECT_EQ(format_duration(59999ms), "59.9s");
  EXPECT_EQ(format_duration(245s), "4m05s");
  EXPECT_EQ(format_duration(3720s), "1h02m");
  EXPECT_EQ(format_size(100), "100 bytes");
  EXPECT_EQ(format_size(std::int64_t{64} << 20), "64 MiB");
  EXPECT_EQ(format_size(1536), "1.5 KiB");
}

}  // namespace
}  // namespace executor::text
