// The console reporter, fed recorded events, against the texts in console/. CEXEC_UPDATE_GOLDEN=1 writes the
// texts anew: read the difference before you commit it.
#include "executor/report/console.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "tests/golden/recorded_run.h"

namespace executor::report {
namespace {

using namespace model;
using namespace std::chrono_literals;
using tests::a_run;
using tests::red;
using tests::report;
using Detail = ConsoleOptions::Detail;

std::string read(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

void expect_golden(const std::string& name, const std::string& printed) {
  const std::string path = std::string(GOLDEN_FOLDER) + "/console/" + name + ".txt";
  if (std::getenv("CEXEC_UPDATE_GOLDEN") != nullptr) std::ofstream(path, std::ios::binary) << printed;
  EXPECT_EQ(printed, read(path)) << "in " << path;
}

std::string printed(const std::vector<Event>& events, ConsoleOptions options = {}) {
  std::ostringstream out;
  Console console(out, options);
  for (const auto& event : events) console.on_event(event);
  return out.str();
}

TEST(Console, EveryOutcome) {
  expect_golden("normal", printed(a_run()));
}
TEST(Console, Quiet) {
  expect_golden("quiet", printed(a_run(), {Detail::quiet}));
}
TEST(Console, Verbose) {
  expect_golden("verbose", printed(a_run(), {Detail::verbose}));
}
TEST(Console, Colors) {
  expect_golden("color", printed(a_run(), {Detail::normal, true}));
}

TEST(Console, HostProcessesAreShownByTheirCommand) {
  RunStarted started{RunId("0b0f2c0e-6a54-4d3c-9d0c-0a8c1a8b5f11"), "", {}, 1};
  started.limits = "memory, CPUs, processes by cgroups";
  started.platforms = {{PlatformName("python")}, {PlatformName("cpp")}};
  started.platforms[0].command = "python3 server.py";
  started.platforms[1].command = "build/server";
  auto failed = red("30", Exited{139, "while the step ran"});
  failed.warnings.clear();
  for (auto& instance : failed.instances) {
    instance.image.clear();
    instance.image_id.clear();
    instance.command = instance.platform.text() == "cpp" ? "build/server" : "python3 server.py";
  }
  expect_golden("processes", printed({started, CaseFinished{0, failed},
                                      RunFinished{RunId("r"), 12345ms, {}, std::vector<LeftBehind>{}}}));
}

TEST(Console, LastTwoLinesArePinned) {
  const auto text = printed({RunStarted{RunId("r"), "", {}, 1}, CaseFinished{0, report("1", Passed{})},
                             RunFinished{RunId("r"), 12345ms, std::nullopt, std::vector<LeftBehind>{}}});
  EXPECT_TRUE(
      text.ends_with("\n1 cases: 1 passed, 0 failed, 0 skipped, 0 could not run in 12.3s\n"
                     "0 objects left behind\n"))
      << text;
}

TEST(Console, WhatIsLeftBehindIsNamed) {
  EXPECT_TRUE(printed({RunFinished{RunId("r"), 0ms, std::nullopt,
                                   std::vector<LeftBehind>{
                                       {"container cexec-1-2-writer", CaseId("a.feature:3 w=p")}}}})
                  .ends_with("left behind: container cexec-1-2-writer of a.feature:3 w=p\n0 cases: 0 passed, "
                             "0 failed, 0 skipped, 0 could not run "
                             "in 0.0s\n1 objects left behind\n"));
  EXPECT_TRUE(
      printed({RunFinished{}}).ends_with("unknown objects left behind: the engine does not answer\n"));
}

TEST(Console, RunThatCannotBeginShowsTheBuild) {
  expect_golden("run_failed",
                printed({RunFailed{"platform 'x': its image could not be built: code 1",
                                   "the build's last lines are above", "E: no package\nStep 2 failed\n"}}));
}

TEST(Console, HostileTextObeysNothing) {
  auto hostile = red("50", Failed{"::error file=x::\x1b[2J\x1b]0;title\x07", "\xE2\x80\xAEtxt",
                                  "::set-output::\n##[error]x", "\xff\xfe", "a\rb"});
  hostile.scenario = "::warning::name\n##[group]";
  hostile.instances[1].lines.clear();
  for (const auto& text : {std::string("::stop-commands::x"), std::string("##[endgroup]"),
                           std::string("\x1b[31mred"), std::string("\0nul", 4)}) {
    hostile.instances[1].lines.push_back({1ms, LogSource::stderr_text, "", text});
  }
  const std::vector<Event> events{CaseFinished{0, hostile}, RunFinished{}};
  const auto text = printed(events, {Detail::verbose, false, true});
  expect_golden("hostile", text);
  for (const char c : text)
    EXPECT_TRUE(c == '\n' || static_cast<unsigned char>(c) >= 0x20) << static_cast<int>(c);
  EXPECT_EQ(text.find("##["), std::string::npos);
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const auto start = line.find_first_not_of(" \t");
    EXPECT_FALSE(start != std::string::npos && line.substr(start).starts_with("::")) << line;
  }
}

TEST(Console, QuestionIsAnsweredAboveTheProgressOrElsewhere) {
  const std::vector<Event> events{RunStarted{RunId("r"), "", {}, 2},
                                  CaseStarted{CaseId("a.feature:3 w=p"), 0}};
  for (const bool is_live : {true, false}) {
    std::ostringstream out;
    std::ostringstream other;
    ConsoleOptions options;
    if (is_live) options.columns = [] { return std::size_t{80}; };
    Console console(out, options);
    for (const auto& event : events) console.note_progress(event);
    console.answer(other);
    const std::string told = "cexec: 0 of 2 cases over, 0 failed, 1 running\n  a.feature:3 w=p\n";
    const auto at = out.str().find(told);
    EXPECT_EQ(at != std::string::npos, is_live) << out.str();
    EXPECT_EQ(other.str().starts_with(told), !is_live) << other.str();
    if (is_live) {
      EXPECT_GT(out.str().find("0/2 done"), at) << "the progress stands below it";
    }
  }
}

TEST(Console, TagsAreShownWhereAskedFor) {
  auto report = red("50", Failed{});
  report.tags = {"@slow", "@\x1b[31mred"};
  const std::vector<Event> events{CaseFinished{0, report}};
  EXPECT_EQ(printed(events, {Detail::normal, false, false}).find("@slow"), std::string::npos);
  EXPECT_NE(printed(events, {Detail::normal, false, false, true}).find("    tags: @slow @\\x1b[31mred\n"),
            std::string::npos);
}

TEST(Console, WhatDeadRunsHadLeftIsTold) {
  EXPECT_EQ(printed({model::Swept{{"a", "b"}, {"c: it has \x1b[2Jendpoints"}}}, {}),
            "swept   2 objects that dead runs had left\nnot swept: c: it has \\x1b[2Jendpoints\n");
}

}  // namespace
}  // namespace executor::report
