#include "executor/instance/log.h"

#include <gtest/gtest.h>

#include "tests/support/temp_folder.h"

namespace executor::instance {
namespace {

namespace fs = std::filesystem;

TEST(Log, TailHoldsTheLastLinesOfEachSource) {
  Log log("", base::Clock::now());
  for (int i = 0; i < 50; ++i) log.add_bytes(Source::stderr_text, "line " + std::to_string(i) + "\n");
  log.add(Source::log, "said");
  const auto tail = log.tail(Source::stderr_text);
  ASSERT_EQ(tail.size(), 20u);
  EXPECT_EQ(tail.front(), "line 30");
  EXPECT_EQ(tail.back(), "line 49");
  EXPECT_EQ(log.tail(Source::log), std::vector<std::string>{"said"});
}

TEST(Log, LineWithoutEndIsTakenAtTheFinish) {
  Log log("", base::Clock::now());
  log.add_bytes(Source::stderr_text, "no newline");
  EXPECT_TRUE(log.tail(Source::stderr_text).empty());
  log.finish();
  EXPECT_EQ(log.tail(Source::stderr_text), std::vector<std::string>{"no newline"});
}

TEST(Log, FloodIsBoundedInTheFileAndCounted) {
  const tests::TempFolder folder;
  const auto file = folder.path() / "x.log";
  Log log(file, base::Clock::now());
  const std::string piece = std::string(999, 'x') + "\n";
  std::string chunk;
  for (int i = 0; i < 256; ++i) chunk += piece;
  for (int i = 0; i < 1000; ++i) log.add_bytes(Source::stderr_text, chunk);  // 256 MB
  log.finish();
  EXPECT_LT(fs::file_size(file), static_cast<std::uintmax_t>(kMaxLogBytes) * 11 / 10);
  EXPECT_GT(log.omitted_bytes(), std::int64_t{180} << 20);
  EXPECT_NE(tests::read_file(file).find(" more bytes were written and left out]"), std::string::npos);
  EXPECT_EQ(log.tail(Source::stderr_text).back(), std::string(999, 'x'));
}

TEST(Log, EndlessLineIsWrittenInPieces) {
  Log log("", base::Clock::now());
  for (int i = 0; i < 64; ++i) log.add_bytes(Source::stdout_noise, std::string(std::size_t{1} << 16, 'x'));
  EXPECT_EQ(log.tail(Source::stdout_noise).size(), 20u);
  EXPECT_EQ(log.tail(Source::stdout_noise).front().size(), 1000u + std::string("…").size());
}

TEST(Log, FileThatCannotBeWrittenIsTold) {
  Log log("/nonexistent/x.log", base::Clock::now());
  log.add(Source::cexec, "hello");
  EXPECT_FALSE(log.file_error().empty());
  EXPECT_EQ(log.tail(Source::cexec), std::vector<std::string>{"hello"});
}

}  // namespace
}  // namespace executor::instance
