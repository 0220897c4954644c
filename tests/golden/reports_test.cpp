// Every report of one recorded run, against the files in reports/, which tests/golden/official.mjs holds
// against schemas and formatters that others wrote. CEXEC_UPDATE_GOLDEN=1 writes them anew: read the
// difference before you commit it.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "executor/report/write_report.h"
#include "tests/golden/recorded_run.h"
#include "tests/support/temp_folder.h"

namespace executor::report {
namespace {

class Reports : public testing::Test {
 protected:
  /// As text, with the test's own folder left out.
  std::string write(Format format, const std::vector<model::Event>& events) {
    const auto file = folder_.write("events.jsonl", tests::as_lines(events));
    const auto recording = Recording::open({file});
    EXPECT_TRUE(recording) << recording.error();
    std::ostringstream out;
    const auto written = write_report(*recording, {format, format == Format::github ? "" : "-"},
                                      {{}, folder_.path() / "summary.md", {}}, out);
    EXPECT_TRUE(written) << written.error();
    auto text = out.str();
    const auto folder = folder_.path().string() + "/";
    for (auto at = text.find(folder); at != std::string::npos; at = text.find(folder))
      text.erase(at, folder.size());
    return text;
  }

  static void expect_golden(const std::string& name, const std::string& written) {
    const std::string path = std::string(GOLDEN_FOLDER) + "/reports/" + name;
    if (std::getenv("CEXEC_UPDATE_GOLDEN") != nullptr) std::ofstream(path, std::ios::binary) << written;
    EXPECT_EQ(written, tests::read_file(path)) << "in " << path;
  }

  /// The same run, killed after its third case.
  static std::vector<model::Event> killed() {
    auto events = tests::a_recorded_run();
    std::size_t finished = 0;
    const auto end = std::find_if(events.begin(), events.end(), [&finished](const auto& event) {
      return std::holds_alternative<model::CaseFinished>(event) && ++finished > 3;
    });
    return {events.begin(), end};
  }

  /// A run whose only case passed, and which left something behind.
  static std::vector<model::Event> leaking() {
    auto events = tests::a_recorded_run();
    auto finished = std::get<model::RunFinished>(events.back());
    std::erase_if(events, [](const auto& event) {
      const auto* planned = std::get_if<model::ScenarioPlanned>(&event);
      return (planned != nullptr && planned->location.line != 31) ||
             std::holds_alternative<model::RunFinished>(event) ||
             std::holds_alternative<model::CaseStarted>(event) ||
             std::holds_alternative<model::CaseFinished>(event);
    });
    auto passed = tests::report("31", model::Passed{});
    finished.stopped_because.reset();
    finished.left_behind = {{"container cexec-0b0f2c0e-3-writer", passed.id},
                            {"network cexec-0b0f2c0e-4-network", passed.id}};
    events.emplace_back(model::CaseFinished{4, std::move(passed)});
    events.emplace_back(std::move(finished));
    return events;
  }

  tests::TempFolder folder_;
};

TEST_F(Reports, Events) {
  expect_golden("events.jsonl", tests::as_lines(tests::a_recorded_run()));
}
TEST_F(Reports, Junit) {
  expect_golden("junit.xml", write(Format::junit, tests::a_recorded_run()));
}
TEST_F(Reports, Messages) {
  auto text = write(Format::messages, tests::a_recorded_run());
  // The machine's own.
  text.replace(
      0, text.find('\n'),
      R"({"meta":{"protocolVersion":"34.2.1","implementation":{"name":"cexec"},"runtime":{"name":"cexec"},"os":{"name":"x"},"cpu":{"name":"y"}}})");
  expect_golden("messages.ndjson", text);
}
TEST_F(Reports, Json) {
  expect_golden("report.json", write(Format::json, tests::a_recorded_run()));
}
TEST_F(Reports, Github) {
  expect_golden("annotations.txt", write(Format::github, tests::a_recorded_run()));
  expect_golden("summary.md", tests::read_file(folder_.path() / "summary.md"));
}
TEST_F(Reports, ConsoleAfterwards) {
  expect_golden("console.txt", write(Format::console, tests::a_recorded_run()));
}

TEST_F(Reports, WhatIsLeftBehindIsAFailureOfItsOwnKindInEach) {
  expect_golden("leaking_console.txt", write(Format::console, leaking()));
  expect_golden("leaking_junit.xml", write(Format::junit, leaking()));
  expect_golden("leaking_report.json", write(Format::json, leaking()));
  expect_golden("leaking_annotations.txt", write(Format::github, leaking()));
  expect_golden("leaking_summary.md", tests::read_file(folder_.path() / "summary.md"));
  auto text = write(Format::messages, leaking());
  text.replace(
      0, text.find('\n'),
      R"({"meta":{"protocolVersion":"34.2.1","implementation":{"name":"cexec"},"runtime":{"name":"cexec"},"os":{"name":"x"},"cpu":{"name":"y"}}})");
  expect_golden("leaking_messages.ndjson", text);
  EXPECT_NE(write(Format::html, leaking()).find("\"leftHeadline\":\"2 objects left behind\""),
            std::string::npos);
}

TEST_F(Reports, KilledRunSaysInEachWhatWasNotRun) {
  expect_golden("killed_console.txt", write(Format::console, killed()));
  expect_golden("killed_junit.xml", write(Format::junit, killed()));
  auto text = write(Format::messages, killed());
  text.replace(
      0, text.find('\n'),
      R"({"meta":{"protocolVersion":"34.2.1","implementation":{"name":"cexec"},"runtime":{"name":"cexec"},"os":{"name":"x"},"cpu":{"name":"y"}}})");
  expect_golden("killed_messages.ndjson", text);
  EXPECT_NE(write(Format::html, killed()).find("the run ended before this case began"), std::string::npos);
  EXPECT_NE(write(Format::json, killed()).find("\"notOver\":11"), std::string::npos);
}

}  // namespace
}  // namespace executor::report
