// Host processes as users run them: no engine, nothing left behind, and what goes wrong before anything runs.
#include <gtest/gtest.h>
#include <signal.h>

#include <filesystem>

#include "tests/support/cexec.h"
#include "tests/support/temp_folder.h"

namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

/// A server in a few lines of shell that answers `health`, and then does what `step` says.
std::string shell_server(const std::string& step) {
  return "reply() { echo \"{\\\"jsonrpc\\\":\\\"2.0\\\",\\\"id\\\":$1,\\\"result\\\":$2}\"; }\n"
         "read -r line; reply 1 '{\"status\":\"ok\",\"protocol\":1}'\nread -r line\n" +
         step + "\n";
}

/// Ends in an orderly way after its one step.
const std::string kPassingStep = "reply 2 '{\"success\":true}'; read -r line; reply 3 '{}'";

/// Leaves a child, a daemon, and a daemon's daemon, none of which ends on SIGTERM, and sleeps.
const std::string kLeavingStep =
    "trap '' TERM HUP INT; sleep 600 & setsid sh -c 'setsid sleep 600 & sleep 600; :' & "
    "(setsid sleep 600 &) ; sleep 0.1; echo now asleep >&2; sleep 600";

/// A project with a scenario and one platform. What its runs keep while they live is in a folder of its own.
struct Project {
  explicit Project(const std::string& step, const std::string& more = {}) {
    folder.write("features/x.feature",
                 "@volume @network\nFeature: f\n Scenario Outline: s\n  When the 'w' process acts <n>\n"
                 " Examples:\n  | n |\n  | 1 |\n  | 2 |\n  | 3 |\n");
    folder.write("server.sh", shell_server(step));
    folder.write("cexec.yaml", "version: 1\nplatforms:\n  p:\n    process: [sh, server.sh]\n" + more);
  }
  [[nodiscard]] tests::Process::Options options() const {
    return {folder.path(), {{"DOCKER_HOST", "unix:///nonexistent"}, {"XDG_RUNTIME_DIR", kept.path()}}};
  }
  [[nodiscard]] std::unique_ptr<tests::Process> start(std::vector<std::string> words = {}) const {
    words.insert(words.begin(), CEXEC_PROGRAM);
    return std::make_unique<tests::Process>(words, options());
  }
  [[nodiscard]] tests::Finished run(std::vector<std::string> words = {}) const {
    return start(std::move(words))->finish(120s);
  }
  void wait_until_asleep(const std::string& line = "7") const {
    const auto log = folder.path() / ("test-artifacts/cases/features_x.feature_" + line + "_w=p/p-w.log");
    const auto deadline = std::chrono::steady_clock::now() + 60s;
    while (tests::read_file(log).find("now asleep") == std::string::npos) {
      ASSERT_LT(std::chrono::steady_clock::now(), deadline);
      ::usleep(10'000);
    }
  }
  /// Processes that run in the project's folder.
  [[nodiscard]] std::vector<std::string> processes() const {
    std::vector<std::string> found;
    std::error_code error;
    for (fs::directory_iterator it("/proc", error), end; !error && it != end; it.increment(error)) {
      std::error_code ignored;
      const auto where = fs::read_symlink(it->path() / "cwd", ignored);
      if (!ignored && where == fs::canonical(folder.path()))
        found.push_back(it->path().filename().string() + " " + tests::read_file(it->path() / "comm"));
    }
    return found;
  }
  [[nodiscard]] bool is_clean() const { return processes().empty() && fs::is_empty(kept.path()); }
  void expect_clean_within_15s() const {
    const auto deadline = std::chrono::steady_clock::now() + 15s;
    while (!is_clean() && std::chrono::steady_clock::now() < deadline) ::usleep(10'000);
    EXPECT_EQ(processes(), std::vector<std::string>());
    EXPECT_TRUE(fs::is_empty(kept.path()));
  }

  tests::TempFolder folder;
  tests::TempFolder kept;
};

class BothModes : public testing::TestWithParam<std::vector<std::string>> {};
INSTANTIATE_TEST_SUITE_P(Process, BothModes,
                         testing::Values(std::vector<std::string>{},
                                         std::vector<std::string>{"--parallel", "--max-workers", "3"}));

TEST_P(BothModes, CasesPassWithoutAnEngine) {
  const Project project(kPassingStep);
  const auto ran = project.run(GetParam());
  EXPECT_EQ(ran.exit_code, 0) << ran.out << ran.err;
  const auto cases = tests::cases_in(ran.out);
  ASSERT_EQ(cases.size(), 3U) << ran.out;
  for (std::size_t i = 0; i < 3; ++i)
    EXPECT_EQ(cases[i].id, "features/x.feature:" + std::to_string(i + 7) + " w=p");
  EXPECT_NE(ran.out.find("\nprocess p: sh server.sh\n"), std::string::npos) << ran.out;
  EXPECT_EQ(tests::last_lines(ran.out).back(), "0 objects left behind");
  EXPECT_TRUE(project.is_clean());
}

TEST_P(BothModes, EvidenceNamesTheCommandAndTheRerunTheMode) {
  const Project project("echo sorry >&2; exit 3");
  const auto ran = project.run(GetParam());
  EXPECT_EQ(ran.exit_code, 1) << ran.out << ran.err;
  const auto cases = tests::cases_in(ran.out);
  ASSERT_EQ(cases.size(), 3U) << ran.out;
  EXPECT_EQ(cases[0].outcome, "exited");
  EXPECT_NE(
      cases[0].text.find("    w = p (sh server.sh), ended by itself, exit code 3\n      stderr │ sorry\n"),
      std::string::npos)
      << cases[0].text;
  const auto mode = GetParam().empty() ? std::string() : " --parallel";
  EXPECT_NE(cases[0].text.find("again: " + CEXEC_PROGRAM + mode + " features/x.feature:7 --combo w=p\n"),
            std::string::npos)
      << cases[0].text;
}

TEST_P(BothModes, SigintEndsEverythingThatWasStarted) {
  const Project project(kLeavingStep);
  const auto process = project.start(GetParam());
  project.wait_until_asleep();
  EXPECT_GE(project.processes().size(), 5U);
  process->signal(SIGINT);
  const auto ran = process->finish(60s);
  EXPECT_EQ(ran.exit_code, 130) << ran.out << ran.err;
  EXPECT_EQ(tests::last_lines(ran.out).back(), "0 objects left behind");
  EXPECT_TRUE(project.is_clean()) << testing::PrintToString(project.processes());
}

TEST_P(BothModes, WatchdogEndsEverythingAfterSigkill) {
  const Project project(kLeavingStep);
  const auto process = project.start(GetParam());
  project.wait_until_asleep();
  process->signal(SIGKILL);
  EXPECT_EQ(process->finish(60s).exit_code, 128 + SIGKILL);
  project.expect_clean_within_15s();
}

TEST_P(BothModes, ThirdSignalEndsCexecAndTheWatchdogTheRest) {
  const Project project(kLeavingStep);
  const auto process = project.start(GetParam());
  project.wait_until_asleep();
  for (int i = 0; i < 3; ++i) {
    process->signal(SIGINT);
    ::usleep(1000);
  }
  EXPECT_EQ(process->finish(60s).exit_code, 130);
  project.expect_clean_within_15s();
}

TEST_P(BothModes, NextStartSweepsWhatNobodyCouldEnd) {
  const Project project(kLeavingStep);
  const auto process = project.start(GetParam());
  project.wait_until_asleep();
  ::kill(tests::watchdog_of(process->pid()), SIGKILL);
  process->signal(SIGKILL);
  process->finish(60s);
  EXPECT_GE(project.processes().size(), 3U);  // the first of each case died with cexec
  EXPECT_FALSE(fs::is_empty(project.kept.path()));
  const Project next(kPassingStep);
  const auto options = tests::Process::Options{
      next.folder.path(), {{"DOCKER_HOST", "unix:///nonexistent"}, {"XDG_RUNTIME_DIR", project.kept.path()}}};
  const auto ran = tests::run({CEXEC_PROGRAM}, options);
  EXPECT_EQ(ran.exit_code, 0) << ran.out << ran.err;
  EXPECT_NE(ran.out.find(" that dead runs had left\n"), std::string::npos) << ran.out;
  EXPECT_TRUE(project.is_clean()) << testing::PrintToString(project.processes());
}

TEST_P(BothModes, WhatAServerLeavesGoesWithItsCase) {
  const Project project("setsid sleep 600 & " + kPassingStep);
  const auto ran = project.run(GetParam());
  EXPECT_EQ(ran.exit_code, 0) << ran.out << ran.err;
  EXPECT_TRUE(project.is_clean()) << testing::PrintToString(project.processes());
}

TEST(ProcessMode, LiveRunBesideADeadOneIsLeftAlone) {
  const Project living(kLeavingStep);
  const auto survivor = living.start();
  living.wait_until_asleep();
  const Project passing(kPassingStep);
  const auto options = tests::Process::Options{
      passing.folder.path(),
      {{"DOCKER_HOST", "unix:///nonexistent"}, {"XDG_RUNTIME_DIR", living.kept.path()}}};
  const auto count = living.processes().size();
  EXPECT_EQ(tests::run({CEXEC_PROGRAM}, options).exit_code, 0);
  EXPECT_EQ(living.processes().size(), count);
  survivor->signal(SIGINT);
  EXPECT_EQ(survivor->finish(60s).exit_code, 130);
  EXPECT_TRUE(living.is_clean());
}

TEST(ProcessMode, PlatformWithoutAProcessIsToldBeforeAnythingIsStarted) {
  const Project project(kPassingStep, "  q:\n    image: some:image\n");
  const auto ran = project.run();
  EXPECT_EQ(ran.exit_code, 2) << ran.out;
  EXPECT_EQ(ran.out, "");
  EXPECT_EQ(
      ran.err,
      "cexec: cexec.yaml:5: platforms.q: has no `process`, which says how its server is started without "
      "containers; --container-seq runs it in one\n");
  EXPECT_EQ(project.run({"--platform", "p"}).exit_code, 0);  // it is not needed
}

TEST(ProcessMode, ProgramThatIsNotThereCouldNotRun) {
  const Project project(kPassingStep, "  q:\n    process: [no-such-server]\n");
  const auto ran = project.run({"features/x.feature:7", "--platform", "q"});
  EXPECT_EQ(ran.exit_code, 3) << ran.out << ran.err;
  const auto cases = tests::cases_in(ran.out);
  ASSERT_EQ(cases.size(), 1U);
  EXPECT_EQ(cases[0].outcome, "could not run");
  EXPECT_NE(cases[0].text.find("there is no program 'no-such-server' in PATH"), std::string::npos);
  EXPECT_NE(cases[0].text.find("hint: `process` of platforms.q in cexec.yaml"), std::string::npos);
}

TEST(ProcessMode, DryRunLooksForThePrograms) {
  const Project project(kPassingStep, "  q:\n    process: [no-such-server]\n");
  const auto fine = project.run({"--dry-run", "--platform", "p"});
  EXPECT_EQ(fine.exit_code, 0) << fine.out << fine.err;
  EXPECT_NE(fine.out.find("\nprocess p: sh server.sh (/"), std::string::npos) << fine.out;
  EXPECT_TRUE(fine.out.ends_with("\ndry run: nothing was started\n")) << fine.out;
  const auto wrong = project.run({"--dry-run"});
  EXPECT_EQ(wrong.exit_code, 3) << wrong.out << wrong.err;
  EXPECT_EQ(wrong.err, "cexec: platforms.q: there is no program 'no-such-server' in PATH\n");
}

TEST(ProcessMode, ModeOfTheConfigIsTheDefault) {
  const Project project(kPassingStep, "mode: parallel\n");
  EXPECT_EQ(project.run().exit_code, 0);
  const Project containers(kPassingStep, "mode: container-seq\n");
  EXPECT_EQ(containers.run().exit_code, 3);  // there is no engine
  EXPECT_EQ(containers.run({"--parallel"}).exit_code, 0);
}

}  // namespace
