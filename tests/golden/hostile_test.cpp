// What a hostile server prints, in each report: nothing of it acts, and nothing is lost without a word.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "base/json.h"
#include "executor/report/clean.h"
#include "executor/report/github.h"
#include "executor/report/write_report.h"
#include "executor/text/quote.h"
#include "tests/golden/recorded_run.h"
#include "tests/support/temp_folder.h"

namespace executor::report {
namespace {

using namespace model;
using namespace std::chrono_literals;

/// Each of these wants to be obeyed somewhere.
const std::vector<std::string>& attacks() {
  static const std::vector<std::string> all{
      "\x1b[2J\x1b]0;title\x07\x1b[31mred",
      "::error file=x::boo",
      "\n::stop-commands::x\n##[error]x\n##vso[task.complete]",
      "</script><script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">",
      "]]></failure><!-- & &amp; &#0; -->",
      std::string("nul \0 bell \x07 \x0b \x1f", 16),
      "\xE2\x80\xAE txt.exe \xE2\x81\xA6 \xEF\xBB\xBF \xEF\xBF\xBE \xEF\xBF\xBF",
      "\xff\xfe\xc0\x80\xed\xa0\x80\xf8 broken",
      "| a | b |\n---\n**bold** [x](javascript:alert(1)) @everyone <details>",
      "{{{mustache}}} ${shell} `tick`",
  };
  return all;
}

class Hostile : public testing::Test {
 protected:
  Hostile() {
    std::string all;
    for (const auto& attack : attacks()) all += attack + "\n";
    auto report = tests::red("30", Failed{all, all, all, all, all});
    report.scenario = attacks()[3];
    report.tags = {"@" + attacks()[3]};
    report.warnings = attacks();
    for (const auto& attack : attacks()) {
      report.instances[1].lines.push_back({1ms, LogSource::stderr_text, "", attack});
      report.instances[1].lines.push_back({2ms, LogSource::log, attack, attack});
    }
    events_ = tests::a_recorded_run();
    for (auto& event : events_) {
      auto* finished = std::get_if<CaseFinished>(&event);
      if (finished != nullptr && finished->report.id.text().find(":30 writer=python") != std::string::npos) {
        finished->report = report;
      }
    }
  }

  std::string write(Format format) {
    const auto recording = Recording::open({folder_.write("events.jsonl", tests::as_lines(events_))});
    EXPECT_TRUE(recording) << recording.error();
    std::ostringstream out;
    ReportSurroundings around{{}, folder_.path() / "summary.md", {}};
    around.console.github_actions = true;
    EXPECT_TRUE(write_report(*recording, {format, format == Format::github ? "" : "-"}, around, out));
    return out.str();
  }

  static void expect_no_controls(const std::string& text, const std::string& allowed = "\n\t") {
    EXPECT_EQ(text::valid_utf8_length(text), text.size());
    for (const char c : text) {
      const bool is_control = static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
      EXPECT_FALSE(is_control && allowed.find(c) == std::string::npos) << static_cast<int>(c);
    }
    for (const std::string bad : {"\xE2\x80\xAE", "\xE2\x81\xA6", "\xC2\x9B"}) {
      EXPECT_EQ(text.find(bad), std::string::npos);
    }
  }

  tests::TempFolder folder_;
  std::vector<Event> events_;
};

TEST_F(Hostile, ConsoleObeysNothing) {
  const auto text = write(Format::console);
  expect_no_controls(text, "\n");
  EXPECT_EQ(text.find("##["), std::string::npos);
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const auto start = line.find_first_not_of(" \t");
    EXPECT_FALSE(start != std::string::npos && line.substr(start).starts_with("::")) << line;
  }
  EXPECT_NE(text.find("\\xff\\xfe"), std::string::npos) << "what cannot be shown is written out";
}

TEST_F(Hostile, JunitStaysXml) {
  const auto text = write(Format::junit);
  expect_no_controls(text);
  EXPECT_EQ(text.find("<script"), std::string::npos);
  EXPECT_NE(text.find("\\xed\\xa0\\x80"), std::string::npos);
  EXPECT_EQ(text.find("\xEF\xBF\xBE"), std::string::npos);
  const std::string path = std::string(GOLDEN_FOLDER) + "/reports/hostile_junit.xml";  // for official.mjs
  if (std::getenv("CEXEC_UPDATE_GOLDEN") != nullptr) std::ofstream(path, std::ios::binary) << text;
}

TEST_F(Hostile, MessagesAndJsonStayJson) {
  std::istringstream lines(write(Format::messages));
  for (std::string line; std::getline(lines, line);) EXPECT_TRUE(base::json::parse(line)) << line;
  const auto json = base::json::parse(write(Format::json));
  ASSERT_TRUE(json);
  // Nothing is lost: bytes that are no text stand there as such.
  EXPECT_NE(write(Format::json).find("base64"), std::string::npos);
}

TEST_F(Hostile, PageHoldsNoScriptButItsOwn) {
  const auto text = write(Format::html);
  std::size_t ends = 0;
  for (auto at = text.find("</script"); at != std::string::npos; at = text.find("</script", at + 1)) ++ends;
  EXPECT_EQ(ends, 14u + 2u) << "one for each case, the index and the page's own";
  EXPECT_EQ(text.find("<img"), std::string::npos);
  const std::string path = std::string(GOLDEN_FOLDER) + "/reports/hostile_events.jsonl";  // for html.mjs
  if (std::getenv("CEXEC_UPDATE_GOLDEN") != nullptr)
    std::ofstream(path, std::ios::binary) << tests::as_lines(events_);
}

TEST_F(Hostile, GithubIsToldNothingButAnnotations) {
  const auto text = write(Format::github);
  std::istringstream lines(text);
  std::size_t count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    EXPECT_TRUE(line.starts_with("::error file=sub/features/ring.feature,line=") ||
                line.starts_with("::warning title="))
        << line;
  }
  EXPECT_LE(count, kMostAnnotations + 1);
  const auto summary = tests::read_file(folder_.path() / "summary.md");
  expect_no_controls(summary);
  EXPECT_EQ(summary.find("<script"), std::string::npos);
  EXPECT_EQ(summary.find("<img"), std::string::npos);
}

TEST_F(Hostile, SummaryStaysBelowGithubsLimit) {
  auto failing = tests::red("30", Failed{std::string(20'000, 'x'), {}, {}, {}, {}});
  events_.resize(events_.size() - 1);
  for (std::size_t i = 0; i < 3000; ++i) {
    failing.id = CaseId("features/ring.feature:30 writer=python reader=p" + std::to_string(i));
    failing.outcome = Failed{std::string(1 + i % 300, 'a') + std::string(20'000, 'x'), {}, {}, {}, {}};
    events_.emplace_back(CaseFinished{100 + i, failing});
  }
  write(Format::github);
  const auto summary = tests::read_file(folder_.path() / "summary.md");
  EXPECT_LE(summary.size(), kMostSummary);
  EXPECT_GT(summary.size(), kMostSummary / 2);
  EXPECT_NE(summary.find(" failures not shown here; the other reports have all.\n"), std::string::npos);
}

TEST_F(Hostile, LineOf100MegabytesIsToldAndCut) {
  EXPECT_EQ(clean_text(std::string(100'000'000, 'x')).size(),
            kMostText + std::string("… (95.3 MiB more)").size());
}

TEST_F(Hostile, LongestMessageThereCanBeIsCutInEachReport) {
  for (auto& event : events_) {
    auto* finished = std::get_if<CaseFinished>(&event);
    if (finished == nullptr || finished->report.id.text().find(":31 ") == std::string::npos) continue;
    finished->report = tests::red("31", Failed{std::string(std::size_t{16} << 20U, 'x'), {}, {}, {}, {}});
  }
  for (const auto format : {Format::console, Format::junit, Format::messages, Format::github}) {
    EXPECT_LT(write(format).size(), 1'000'000u) << name_of(format);
  }
}

}  // namespace
}  // namespace executor::report
