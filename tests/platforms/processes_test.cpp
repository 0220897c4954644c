// The same misbehaving servers as processes of this machine: what ends as in a container, what a cgroup
// bounds, and what is said where none may be made. No engine is needed.
#include <gtest/gtest.h>

#include "tests/platforms/misbehaving_run.h"
#include "tests/support/temp_folder.h"

namespace {

using tests::MisbehavingRun;

class MisbehavingProcesses : public testing::Test {
 protected:
  static void SetUpTestSuite() { run_ = run("not @container and not @bounded"); }
  static void TearDownTestSuite() { run_.reset(); }

  static std::unique_ptr<MisbehavingRun> run(const std::string& tags) {
    return std::make_unique<MisbehavingRun>(
        std::vector<std::string>{"--config", "processes.yaml", "--tags", tags, "--artifacts",
                                 (folder_.path() / "artifacts").string()});
  }
  static void expect(const std::string& name, const std::string& outcome, const std::string& text = {}) {
    run_->expect(name, outcome, text);
  }
  /// As the run itself says.
  static bool is_limited(const std::string& what) {
    const auto& out = run_->finished().out;
    const auto at = out.find("\nlimits  ");
    if (at == std::string::npos) return false;
    const auto line = out.substr(at, out.find('\n', at + 1) - at);
    return line.substr(0, line.find(" by cgroups")).find(what) != std::string::npos &&
           line.find(" by cgroups") != std::string::npos;
  }

  static inline tests::TempFolder folder_;
  static inline std::unique_ptr<MisbehavingRun> run_;
};

TEST_F(MisbehavingProcesses, RunGoesOnToItsEndAndLeavesNothing) {
  expect("first of all, one that does not", "passed");
  expect("last of all, one that does not", "passed");
  EXPECT_EQ(run_->finished().exit_code, 1);
  EXPECT_EQ(tests::last_lines(run_->finished().out).back(), "0 objects left behind");
  EXPECT_EQ(run_->finished().err, "");
}

TEST_F(MisbehavingProcesses, SilenceTimesOut) {
  expect("silence", "timed out", "x: the step took longer than 3.0s\n");
  expect("half a line", "timed out", "; wrote 39 bytes and no newline: {\"jsonrpc\":\"2.0\"");
  expect("closed stdout", "timed out");
}

TEST_F(MisbehavingProcesses, BreachesOfTheProtocolAreNamed) {
  expect("no JSON", "protocol violation", ": Hello from a library that likes stdout");
  expect("deep JSON", "protocol violation", "nested deeper than 128 levels");
  expect("another id", "protocol violation", "replied to id 99, which was not asked");
  expect("two answers", "protocol violation", ", which had been answered already");
  expect("too large an answer", "protocol violation", "a message of more than 16 MiB");
  expect("undefined step", "undefined", "no such step");
}

TEST_F(MisbehavingProcesses, ExitsAreToldWithTheirCodeAndStderr) {
  expect("exit within a step", "exited", "exit code 3 while the step ran");
  expect("exit within a step", "exited", "stderr │ leaving with 3");
  expect("exit between steps", "exited", "x: exit code 0 between the steps");
  expect("exit before the next step", "exited", "x: exit code 4 while the step ran");
  expect("exit that is expected", "passed");
  expect("crash", "exited", "exit code 139 (SIGSEGV)");
  expect("expected crash", "passed");
}

TEST_F(MisbehavingProcesses, FloodsAreSurvived) {
  expect("flood of lines", "protocol violation", "no JSON");
  expect("flood without a newline", "protocol violation", "more than 16 MiB");
  expect("flood of stderr", "passed");
  expect("flood of log notifications", "passed");
}

TEST_F(MisbehavingProcesses, EndsThatAreNotOrderly) {
  expect("ignores everything", "protocol violation",
         "did not end on shutdown, nor on the end of its stdin, nor on SIGTERM");
  expect("ends on SIGTERM only", "passed", "warning: the 'x' server (rude) ended only on SIGTERM");
  expect("exit code at shutdown", "exited", "exit code 23 at shutdown, where 0 is expected");
  expect("children left behind", "passed");
}

TEST_F(MisbehavingProcesses, MemoryIsBoundedOneWayOrTheOther) {
  if (is_limited("memory")) {
    expect("memory", "killed for memory", "it needed more than its 64 MiB");
    expect("memory, as expected", "passed");
  } else {
    expect("memory", "exited", "MemoryError");
    expect("memory, as expected", "failed", "was not killed for memory");
  }
}

/// They are let loose only where the run says that processes are limited.
TEST_F(MisbehavingProcesses, ForkBombsStayInTheirCgroup) {
  if (!is_limited("processes")) {
    EXPECT_NE(run_->finished().out.find("processes not"), std::string::npos) << run_->finished().out;
    return;
  }
  const auto bombs = run("@bounded");
  bombs->expect("fork bomb that gives up", "failed", "fork failed: Resource temporarily unavailable");
  bombs->expect("fork bomb that gives up", "failed", "actual   │ 39");
  bombs->expect("fork bomb that does not", "timed out");
  EXPECT_EQ(tests::last_lines(bombs->finished().out).back(), "0 objects left behind");
}

}  // namespace
