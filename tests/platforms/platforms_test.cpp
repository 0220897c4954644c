// Servers that misbehave, in real containers: each scenario of misbehaving.feature ends as its own outcome,
// with its evidence, and the run goes on with the next. One run serves all tests.
#include <gtest/gtest.h>

#include "tests/platforms/misbehaving_run.h"
#include "tests/support/temp_folder.h"

namespace {

using tests::Finished;
using tests::run_misbehaving;
using tests::scenario_names;

const std::string kFolder = PLATFORMS_FOLDER;

class Misbehaving : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    objects_ = std::make_unique<tests::NewObjects>();
    run_ = std::make_unique<tests::MisbehavingRun>(
        std::vector<std::string>{"--artifacts", (folder_.path() / "artifacts").string()});
  }
  static void TearDownTestSuite() { run_.reset(); }

  static void expect(const std::string& name, const std::string& outcome, const std::string& text = {}) {
    run_->expect(name, outcome, text);
  }

  static inline std::unique_ptr<tests::NewObjects> objects_;
  static inline tests::TempFolder folder_;
  static inline std::unique_ptr<tests::MisbehavingRun> run_;
};

TEST_F(Misbehaving, RunGoesOnToItsEndAndLeavesNothing) {
  EXPECT_EQ(run_->cases().size(), scenario_names().size());
  expect("first of all, one that does not", "passed");
  expect("last of all, one that does not", "passed");
  EXPECT_EQ(run_->finished().exit_code, 1);
  EXPECT_EQ(tests::last_lines(run_->finished().out).back(), "0 objects left behind");
  EXPECT_EQ(objects_->names(), std::vector<std::string>());
  EXPECT_EQ(run_->finished().err, "");
}

TEST_F(Misbehaving, SilenceTimesOut) {
  expect("silence", "timed out", "x: the step took longer than 3.0s\n");
  expect("half a line", "timed out", "; wrote 39 bytes and no newline: {\"jsonrpc\":\"2.0\",\"id\":");
  expect("closed stdout", "timed out");
}

TEST_F(Misbehaving, BreachesOfTheProtocolAreNamed) {
  expect("no JSON", "protocol violation", ": Hello from a library that likes stdout");
  expect("deep JSON", "protocol violation", "nested deeper than 128 levels");
  expect("another id", "protocol violation", "replied to id 99, which was not asked");
  expect("two answers", "protocol violation", ", which had been answered already");
  expect("too large an answer", "protocol violation", "a message of more than 16 MiB");
  expect("a large answer that is allowed", "passed");
  expect("undefined step", "undefined", "no such step");
}

TEST_F(Misbehaving, ExitsAreToldWithTheirCodeAndStderr) {
  expect("exit within a step", "exited", "exit code 3 while the step ran");
  expect("exit within a step", "exited", "stderr │ leaving with 3");
  expect("exit between steps", "exited", "x: exit code 0 between the steps");
  expect("exit before the next step", "exited", "x: exit code 4 while the step ran");
  expect("exit that is expected", "passed");
  expect("crash", "exited", "exit code 139 (SIGSEGV)");
  expect("expected crash", "passed");
}

TEST_F(Misbehaving, FloodsAreSurvived) {
  expect("flood of lines", "protocol violation", "no JSON");
  expect("flood without a newline", "protocol violation", "more than 16 MiB");
  expect("flood of stderr", "passed");
  expect("flood of log notifications", "passed");
}

TEST_F(Misbehaving, ForkBombsStayInTheirContainer) {
  expect("fork bomb that gives up", "failed", "fork failed: Resource temporarily unavailable");
  expect("fork bomb that gives up", "failed", "actual   │ 39");
  expect("fork bomb that does not", "timed out");
}

TEST_F(Misbehaving, MemoryAndDiskAreBounded) {
  expect("memory", "killed for memory", "OOM: killed for memory");
  expect("memory", "killed for memory", "it needed more than its 64 MiB");
  expect("memory, as expected", "passed");
  expect("files in memory count as memory", "killed for memory");
  expect("full disk", "failed", "/tmp/file: No space left on device");
  expect("full disk", "failed", "actual   │ 64");
  expect("read-only root", "failed", "Read-only file system");
}

TEST_F(Misbehaving, EndsThatAreNotOrderly) {
  expect("ignores everything", "protocol violation",
         "did not end on shutdown, nor on the end of its stdin, nor on SIGTERM");
  expect("ends on SIGTERM only", "passed", "warning: the 'x' server (rude) ended only on SIGTERM");
  expect("exit code at shutdown", "exited", "exit code 23 at shutdown, where 0 is expected");
  expect("children left behind", "passed");
}

TEST_F(Misbehaving, LimitsAreInForceSeenFromInside) {
  expect("limits are in force", "passed");
}

TEST_F(Misbehaving, EveryCaseHasItsLogAndTranscript) {
  const auto cases = folder_.path() / "artifacts/cases";
  for (const auto& [name, printed] : run_->cases()) {
    const auto at = printed.text.find("logs: ");
    if (at == std::string::npos) continue;
    const auto path = printed.text.substr(at + 6, printed.text.find('\n', at) - at - 6);
    EXPECT_TRUE(std::filesystem::exists(path + "/rude-x.log")) << name;
    EXPECT_TRUE(std::filesystem::exists(path + "/transcript.jsonl")) << name;
  }
}

/// What cexec itself needs does not grow with what a server writes.
TEST(Flood, OfAGigabyteHardlyChangesCexecsOwnMemory) {
  const tests::TempFolder folder;
  const auto peak = [&](const std::string& name) {
    for (const auto& [line, scenario] : scenario_names()) {
      if (scenario != name) continue;
      const auto ran = run_misbehaving(
          {"--artifacts", folder.path().string(), "misbehaving.feature:" + std::to_string(line)});
      EXPECT_EQ(tests::cases_in(ran.out).size(), 1u) << ran.out << ran.err;
      return ran.peak_memory;
    }
    ADD_FAILURE() << name;
    return std::int64_t{0};
  };
  const auto quiet = peak("first of all, one that does not");
  for (const auto* flood : {"flood of lines", "flood of stderr", "flood of log notifications"}) {
    EXPECT_LT(peak(flood) - quiet, std::int64_t{8} << 20) << flood;
  }
}

/// What goes wrong before the first step could not run: it says nothing about the case.
struct Start {
  const char* how;
  const char* protocol;
  const char* text;
};

class BadStart : public testing::TestWithParam<Start> {};

TEST_P(BadStart, CouldNotRunAndLeavesNothing) {
  const tests::TempFolder folder;
  folder.write("x.feature", "Feature: f\n Scenario: s\n  When the 'x' process answers\n");
  folder.write(
      "cexec.yaml",
      "version: 1\nmode: container-seq\nfeatures: [x.feature]\nplatforms:\n  rude:\n    build: {context: " +
          kFolder + "/misbehaving, network: host}\n    environment: {START: '" + GetParam().how +
          "', PROTOCOL: '" + GetParam().protocol + "'}\n");
  const auto ran = tests::run({CEXEC_PROGRAM, "--start-timeout", "3s"}, {folder.path(), {}});
  EXPECT_EQ(ran.exit_code, 3) << ran.err;
  const auto cases = tests::cases_in(ran.out);
  ASSERT_EQ(cases.size(), 1u) << ran.out << ran.err;
  EXPECT_EQ(cases[0].outcome, "could not run");
  EXPECT_NE(cases[0].text.find(GetParam().text), std::string::npos) << cases[0].text;
  EXPECT_NE(cases[0].text.find("hint: "), std::string::npos) << cases[0].text;
  EXPECT_EQ(tests::last_lines(ran.out).back(), "0 objects left behind");
}

INSTANTIATE_TEST_SUITE_P(All, BadStart,
                         testing::Values(Start{"exit", "1", "ended before it was ready, with exit code 5"},
                                         Start{"exit", "1", "stderr │ the configuration is missing"},
                                         Start{"garbage", "1",
                                               "was never ready: it wrote a line that is no JSON"},
                                         Start{"silent", "1", "did not answer `health` within 3.0s"},
                                         Start{"", "2", "it speaks protocol 2, and this cexec speaks 1"}));

}  // namespace
