// The console reporter, fed recorded events, against the texts in console/. CEXEC_UPDATE_GOLDEN=1 writes the
// texts anew: read the difference before you commit it.
#include "executor/report/console.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

namespace executor::report {
namespace {

using namespace model;
using namespace std::chrono_literals;
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

CaseReport report(const std::string& line, Outcome outcome) {
  CaseReport r;
  r.id = CaseId("features/ring.feature:" + line + " writer=python reader=cpp");
  r.scenario = "Frames arrive in order";
  r.outcome = std::move(outcome);
  r.duration = 412ms;
  r.artifacts = "test-artifacts/cases/x";
  r.rerun = "cexec --container-seq features/ring.feature:" + line + " --combo writer=python,reader=cpp";
  r.steps = {{{"features/ring.feature", 13, 5},
              "When ",
              "the 'writer' process writes 3 frames",
              ProcessName("writer"),
              Passed{},
              12ms},
             {{"features/ring.feature", 14, 5},
              "Then ",
              "the 'reader' process reads 3 frames",
              ProcessName("reader"),
              r.outcome,
              30ms}};
  return r;
}

CaseReport red(const std::string& line, Outcome outcome) {
  auto r = report(line, std::move(outcome));
  r.culprit_step = 1;
  r.culprit_process = ProcessName("reader");
  InstanceReport writer{ProcessName("writer"), PlatformName("python"), "cexec-python:1",
                        "sha256:83fc366b08e28f56"};
  writer.ended_by = EndedBy::shutdown;
  writer.exit_code = 0;
  writer.log_tail = {"wrote 3 frames"};
  InstanceReport reader{ProcessName("reader"), PlatformName("cpp"), "cexec-cpp:1", "sha256:123456789abcdef0"};
  reader.ended_by = EndedBy::sigkill;
  reader.exit_code = 137;
  reader.oom_killed = true;
  reader.stderr_tail = {"first", "second\ttabbed"};
  reader.omitted_bytes = 5 << 20;
  r.instances = {writer, reader};
  r.warnings = {"the 'writer' server (python) ended only on SIGTERM, 5.0s after shutdown"};
  return r;
}

std::vector<Event> a_run() {
  std::vector<Event> events;
  events.push_back(Preparing{PlatformName("python"), "building from images/python", false});
  events.push_back(Preparing{PlatformName("python"), "Step 1/2 : FROM debian", true});
  events.push_back(Preparing{PlatformName("python"), "Get:1 some package", true});
  events.push_back(RunStarted{RunId("0b0f2c0e-6a54-4d3c-9d0c-0a8c1a8b5f11"),
                              "Docker Engine 20.10.24 (API 1.41)",
                              {{PlatformName("python"), "cexec-python:1", "sha256:83fc366b08e28f56"}},
                              12});
  std::size_t i = 0;
  const auto finish = [&](CaseReport r) {
    events.push_back(CaseStarted{r.id, i});
    events.push_back(CaseFinished{i++, std::move(r)});
  };
  finish(report("12", Passed{}));
  auto skipped = report("20", Skipped{"@skip"});
  skipped.steps.clear();
  finish(skipped);
  finish(red("30", Failed{"frame 2 has the wrong checksum", "AssertionError", "at a\nat b", "1c291ca3",
                          "two\nlines"}));
  finish(red("31", TimedOut{"the step", 30s, "wrote 40 bytes and no newline: {\"jso"}));
  finish(red("32", Exited{139, "while the step ran"}));
  finish(red("33", KilledForMemory{64 << 20}));
  finish(red("34", ProtocolViolation{"it wrote a line that is no JSON: Hello"}));
  finish(red("35", Undefined{"no step matches: reads 3 frmaes"}));
  finish(red("36", Pending{"later"}));
  auto unable = red("37", CouldNotRun{"the container could not be created: No such image: x", "build it"});
  unable.culprit_step.reset();
  unable.culprit_process.reset();
  unable.instances.clear();
  finish(unable);
  finish(red("38", Cancelled{"SIGINT"}));
  auto unbegun = report("39", Cancelled{"SIGINT"});
  unbegun.steps.clear();
  finish(unbegun);
  events.push_back(RunFinished{RunId("0b0f2c0e"), 12345ms, "SIGINT", std::vector<std::string>{}});
  return events;
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
  started.platforms = {{PlatformName("python"), "", "", "python3 server.py"},
                       {PlatformName("cpp"), "", "", "build/server"}};
  auto failed = red("30", Exited{139, "while the step ran"});
  failed.warnings.clear();
  for (auto& instance : failed.instances) {
    instance.image.clear();
    instance.image_id.clear();
    instance.command = instance.platform.text() == "cpp" ? "build/server" : "python3 server.py";
  }
  expect_golden("processes", printed({started, CaseFinished{0, failed},
                                      RunFinished{RunId("r"), 12345ms, {}, std::vector<std::string>{}}}));
}

TEST(Console, LastTwoLinesArePinned) {
  const auto text = printed({RunStarted{RunId("r"), "", {}, 1}, CaseFinished{0, report("1", Passed{})},
                             RunFinished{RunId("r"), 12345ms, std::nullopt, std::vector<std::string>{}}});
  EXPECT_TRUE(
      text.ends_with("\n1 cases: 1 passed, 0 failed, 0 skipped, 0 could not run in 12.3s\n"
                     "0 objects left behind\n"))
      << text;
}

TEST(Console, WhatIsLeftBehindIsNamed) {
  EXPECT_TRUE(
      printed({RunFinished{RunId("r"), 0ms, std::nullopt, std::vector<std::string>{"cexec-1-2-writer"}}})
          .ends_with("left behind: cexec-1-2-writer\n0 cases: 0 passed, 0 failed, 0 skipped, 0 could not run "
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
  hostile.instances[1].stderr_tail = {"::stop-commands::x", "##[endgroup]", "\x1b[31mred",
                                      std::string("\0nul", 4)};
  std::vector<Event> events{CaseFinished{0, hostile}};
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
