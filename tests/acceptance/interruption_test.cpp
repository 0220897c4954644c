// A run that is ended from outside: what is printed, the exit code, and what is left in the engine.
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>

#include "tests/support/cexec.h"
#include "tests/support/engine.h"
#include "tests/support/temp_folder.h"

namespace {

using namespace std::chrono_literals;

/// Cases whose server sleeps within its first step, until it is killed.
struct Sleepy {
  Sleepy() {
    folder.write(
        "features/x.feature",
        "@volume @network\nFeature: f\n Scenario Outline: s\n  When the 'w' process sleeps <n>\n Examples:\n"
        "  | n |\n  | 1 |\n  | 2 |\n  | 3 |\n");
    const std::string server =
        "read -r line; echo "
        "\"{\\\"jsonrpc\\\":\\\"2.0\\\",\\\"id\\\":1,\\\"result\\\":{\\\"status\\\":\\\"ok\\\","
        "\\\"protocol\\\":1}}\"; read -r line; echo now asleep >&2; trap \"\" TERM; sleep 600";
    folder.write("server.sh", server + "\n");
    folder.write("image/server.sh", server + "\n");
    folder.write("image/Dockerfile", std::string("FROM ") + tests::kBaseImage + "\nCOPY server.sh /\n");
    folder.write("cexec.yaml",
                 "version: 1\nplatforms:\n  p:\n    build: image\n    entrypoint: [sh, /server.sh]\n");
  }
  [[nodiscard]] std::unique_ptr<tests::Process> start(std::vector<std::string> words = {}) const {
    words.insert(words.begin(), {CEXEC_PROGRAM, "--container-seq"});
    return std::make_unique<tests::Process>(words, tests::Process::Options{folder.path(), {}});
  }
  /// Blocks until a server sleeps.
  void wait_until_asleep() const {
    const auto log = folder.path() / "test-artifacts/cases/features_x.feature_7_w=p/p-w.log";
    const auto deadline = std::chrono::steady_clock::now() + 60s;
    while (tests::read_file(log).find("now asleep") == std::string::npos) {
      ASSERT_LT(std::chrono::steady_clock::now(), deadline);
      ::usleep(10'000);
    }
  }

  tests::NewObjects objects;
  tests::TempFolder folder;
};

void expect_tidy_end(const Sleepy& sleepy, const tests::Finished& ran, int code, const std::string& signal) {
  EXPECT_EQ(ran.exit_code, code) << ran.out << ran.err;
  const auto cases = tests::cases_in(ran.out);
  ASSERT_EQ(cases.size(), 1U) << ran.out;  // the ones that were never begun are counted, not listed
  EXPECT_EQ(cases[0].outcome, "cancelled");
  EXPECT_NE(ran.out.find("3 cases were cancelled and count as could not run\nstopped: " + signal),
            std::string::npos)
      << ran.out;
  const auto last = tests::last_lines(ran.out);
  ASSERT_EQ(last.size(), 2U);
  EXPECT_TRUE(last[0].starts_with("3 cases: 0 passed, 0 failed, 0 skipped, 3 could not run in ")) << last[0];
  EXPECT_EQ(last[1], "0 objects left behind");
  EXPECT_EQ(sleepy.objects.names(), std::vector<std::string>());
}

TEST(Interruption, SigintCancelsAndLeavesNothing) {
  const Sleepy sleepy;
  const auto process = sleepy.start();
  sleepy.wait_until_asleep();
  EXPECT_FALSE(sleepy.objects.names().empty());
  process->signal(SIGINT);
  expect_tidy_end(sleepy, process->finish(60s), 130, "SIGINT");
}

TEST(Interruption, SigtermIsTheSameWithItsOwnCode) {
  const Sleepy sleepy;
  const auto process = sleepy.start();
  sleepy.wait_until_asleep();
  process->signal(SIGTERM);
  expect_tidy_end(sleepy, process->finish(60s), 143, "SIGTERM");
}

TEST(Interruption, HangUpIsTheSameWithItsOwnCode) {
  const Sleepy sleepy;
  const auto process = sleepy.start();
  sleepy.wait_until_asleep();
  process->signal(SIGHUP);
  expect_tidy_end(sleepy, process->finish(60s), 129, "SIGHUP");
}

TEST(Interruption, OutputThatNobodyReadsEndsTheRun) {
  const Sleepy sleepy;
  const auto process = sleepy.start();
  sleepy.wait_until_asleep();
  process->close_output();
  const auto ran = process->finish(60s);
  EXPECT_EQ(ran.exit_code, 3) << ran.err;  // its cases were cancelled: they could not run
  EXPECT_EQ(sleepy.objects.names(), std::vector<std::string>());
}

TEST(Interruption, TimeForWhichTheProcessIsStoppedCountsForNothing) {
  const Sleepy sleepy;
  const auto process = sleepy.start({"--step-timeout", "5s"});
  sleepy.wait_until_asleep();
  process->signal(SIGTSTP);
  ASSERT_TRUE(process->wait_until_stopped(60s));
  ::usleep(7'000'000);
  process->signal(SIGCONT);
  process->signal(SIGINT);  // were the step's time over, it would be `timed out`
  expect_tidy_end(sleepy, process->finish(60s), 130, "SIGINT");
}

TEST(Interruption, QuestionIsAnsweredWithWhatRunsNow) {
  const Sleepy sleepy;
  const auto process = sleepy.start();
  sleepy.wait_until_asleep();
  process->signal(SIGUSR1);
  ASSERT_TRUE(
      process->wait_for_error("at features/x.feature:4:3 When the 'w' process sleeps 1\n    for ", 60s));
  process->signal(SIGINT);
  const auto ran = process->finish(60s);
  EXPECT_NE(
      ran.err.find("cexec: 0 of 3 cases over, 0 failed, 1 running\n  features/x.feature:7 w=p\n    for "),
      std::string::npos)
      << ran.err;
  expect_tidy_end(sleepy, ran, 130, "SIGINT");
}

TEST(Interruption, SecondSignalStillLeavesNothing) {
  const Sleepy sleepy;
  const auto process = sleepy.start();
  sleepy.wait_until_asleep();
  process->signal(SIGINT);
  process->signal(SIGTERM);
  EXPECT_EQ(process->finish(60s).exit_code, 130);
  EXPECT_EQ(sleepy.objects.names(), std::vector<std::string>());
}

TEST(Interruption, SignalWhileAnImageIsBuilt) {
  const Sleepy sleepy;
  sleepy.folder.write("image/Dockerfile", std::string("FROM ") + tests::kBaseImage + "\nRUN echo " +
                                              sleepy.folder.path().string() + " && sleep 600\n");
  const auto process = sleepy.start();
  ASSERT_TRUE(process->wait_for_output("Step 2/2", 60s));
  process->signal(SIGINT);
  EXPECT_EQ(process->finish(60s).exit_code, 130);
}

TEST(Interruption, RunTimeoutCancelsTheRest) {
  const Sleepy sleepy;
  const auto process = sleepy.start({"--run-timeout", "3s"});
  const auto ran = process->finish(60s);
  EXPECT_EQ(ran.exit_code, 3) << ran.out << ran.err;
  EXPECT_NE(ran.out.find("stopped: --run-timeout"), std::string::npos) << ran.out;
  EXPECT_EQ(tests::last_lines(ran.out).back(), "0 objects left behind");
  EXPECT_EQ(sleepy.objects.names(), std::vector<std::string>());
}

TEST(Interruption, FailFastStopsAfterTheFirst) {
  const Sleepy sleepy;
  const auto process = sleepy.start({"--fail-fast", "--step-timeout", "300ms"});
  const auto ran = process->finish(60s);
  EXPECT_EQ(ran.exit_code, 1) << ran.out << ran.err;
  EXPECT_EQ(tests::cases_in(ran.out).size(), 1U) << ran.out;
  EXPECT_NE(ran.out.find("3 cases: 0 passed, 1 failed, 0 skipped, 2 could not run"), std::string::npos)
      << ran.out;
}

/// Before the sleepy cases come so many that are told at once that a pipe cannot take it: with a reader who
/// stands still, cexec has more to print than it can.
struct Unread : Sleepy {
  Unread() {
    std::string feature = "Feature: many\n @skip\n Scenario Outline: s\n  When the 'w' process works <n>\n";
    feature += " Examples:\n  | n |\n";
    for (int i = 0; i < kMany; ++i) feature += "  | " + std::to_string(i) + " |\n";
    folder.write("features/a.feature", feature);
  }
  [[nodiscard]] std::string report() const { return tests::read_file(folder.path() / "r.xml"); }

  static constexpr int kMany = 3000;
  const std::vector<std::string> words{"--report", "junit:r.xml"};
};

TEST(UnreadOutput, SigintEndsTheRunWithItsReportsAndNothingLeft) {
  const Unread unread;
  const auto process = unread.start(unread.words);
  unread.wait_until_asleep();
  process->signal(SIGINT);
  ASSERT_TRUE(process->wait_until_ended(60s));
  EXPECT_EQ(unread.objects.names(), std::vector<std::string>());
  EXPECT_NE(unread.report().find("</testsuites>"), std::string::npos);
  const auto ran = process->finish(60s);
  EXPECT_EQ(ran.exit_code, 130) << ran.err;
  EXPECT_NE(ran.err.find("cexec: nobody read stdout: its last "), std::string::npos) << ran.err;
}

TEST(UnreadOutput, RunsDeadlineIsKept) {
  const Unread unread;
  auto words = unread.words;
  words.insert(words.end(), {"--run-timeout", "3s"});
  const auto process = unread.start(words);
  ASSERT_TRUE(process->wait_until_ended(60s));
  EXPECT_EQ(unread.objects.names(), std::vector<std::string>());
  EXPECT_NE(unread.report().find("</testsuites>"), std::string::npos);
  EXPECT_EQ(process->finish(60s).exit_code, 3);
}

TEST(UnreadOutput, RunGoesOnAndALateReaderGetsAllInItsOrder) {
  const Unread unread;
  auto words = unread.words;
  words.insert(words.end(), {"--step-timeout", "100ms"});
  const auto process = unread.start(words);
  const auto deadline = std::chrono::steady_clock::now() + 60s;
  while (unread.report().find("</testsuites>") == std::string::npos) {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline);
    ::usleep(10'000);
  }
  EXPECT_EQ(unread.objects.names(), std::vector<std::string>());
  const auto ran = process->finish(60s);
  EXPECT_EQ(ran.exit_code, 1) << ran.err;
  const auto cases = tests::cases_in(ran.out);
  ASSERT_EQ(cases.size(), Unread::kMany + 3U);
  for (std::size_t i = 0; i < Unread::kMany; ++i)
    ASSERT_TRUE(cases[i].id.starts_with("features/a.feature:" + std::to_string(i + 7) + " ")) << cases[i].id;
  EXPECT_EQ(tests::last_lines(ran.out).back(), "0 objects left behind");
}

/// Blocks until the engine shows nothing new; what it still shows after 15 s.
std::vector<std::string> left_after_15s(const tests::NewObjects& objects) {
  const auto deadline = std::chrono::steady_clock::now() + 15s;
  while (!objects.names().empty() && std::chrono::steady_clock::now() < deadline) ::usleep(50'000);
  return objects.names();
}

TEST(Death, WatchdogRemovesWhatAKilledRunLeaves) {
  const Sleepy sleepy;
  const auto process = sleepy.start();
  sleepy.wait_until_asleep();
  EXPECT_FALSE(sleepy.objects.names().empty());
  process->signal(SIGKILL);
  EXPECT_EQ(process->finish(60s).exit_code, 128 + SIGKILL);
  EXPECT_EQ(left_after_15s(sleepy.objects), std::vector<std::string>());
}

TEST(Death, RunWhoseWatchdogWasKilledCleansUpItself) {
  const Sleepy sleepy;
  const auto process = sleepy.start();
  sleepy.wait_until_asleep();
  ::kill(tests::watchdog_of(process->pid()), SIGKILL);
  process->signal(SIGINT);
  expect_tidy_end(sleepy, process->finish(60s), 130, "SIGINT");
}

TEST(Death, NextStartSweepsWhatNobodyCouldRemove) {
  const Sleepy sleepy;
  const auto process = sleepy.start();
  sleepy.wait_until_asleep();
  ::kill(tests::watchdog_of(process->pid()), SIGKILL);
  process->signal(SIGKILL);
  process->finish(60s);
  const auto left = sleepy.objects.names().size();
  EXPECT_GE(left, 3U);
  const Sleepy next;
  const auto ran = next.start({"--fail-fast", "--step-timeout", "100ms"})->finish(60s);
  EXPECT_NE(ran.out.find("objects that dead runs had left"), std::string::npos) << ran.out;
  EXPECT_EQ(sleepy.objects.names(), std::vector<std::string>());
}

TEST(Death, LiveRunBesideADeadOneIsLeftAlone) {
  const Sleepy living;
  const auto survivor = living.start();
  living.wait_until_asleep();
  const auto its_own = living.objects.names();
  const Sleepy dying;
  const auto victim = dying.start();
  dying.wait_until_asleep();
  ::kill(tests::watchdog_of(victim->pid()), SIGKILL);
  victim->signal(SIGKILL);
  victim->finish(60s);
  const auto cleaned = tests::run({CEXEC_PROGRAM, "cleanup"});
  EXPECT_EQ(cleaned.exit_code, 0) << cleaned.err;
  EXPECT_NE(cleaned.out.find("left alone: its cexec is at work\n"), std::string::npos) << cleaned.out;
  const auto still = living.objects.names();  // and perhaps more: coming cases are got ready
  EXPECT_TRUE(std::includes(still.begin(), still.end(), its_own.begin(), its_own.end()));
  const auto listed = tests::run({CEXEC_PROGRAM, "ps"});
  EXPECT_NE(listed.out.find(std::to_string(survivor->pid()) + " alive"), std::string::npos) << listed.out;
  survivor->signal(SIGINT);
  expect_tidy_end(living, survivor->finish(60s), 130, "SIGINT");
}

std::vector<std::string> as_root(std::vector<std::string> command) {
  if (::geteuid() != 0) command.insert(command.begin(), {"sudo", "-n", "-E"});
  return command;
}

/// A command in a PID namespace of its own, from which no process of ours is seen. Needs root.
std::vector<std::string> in_own_namespace(std::vector<std::string> command) {
  command.insert(command.begin(), {"unshare", "--pid", "--fork", "--kill-child", "--mount-proc"});
  return as_root(std::move(command));
}

/// The cexec behind sudo(8) and unshare(1): the one whose only child, the watchdog, has none.
pid_t cexec_behind(pid_t pid) {
  while (tests::watchdog_of(tests::watchdog_of(pid)) > 0) pid = tests::watchdog_of(pid);
  return pid;
}

TEST(Death, OwnerThatCannotBeSeenFromHereIsNotSwept) {
  const Sleepy living;
  const auto survivor = living.start();
  living.wait_until_asleep();
  const auto its_own = living.objects.names();
  const auto cleaned = tests::run(in_own_namespace({CEXEC_PROGRAM, "cleanup"}));
  EXPECT_EQ(cleaned.exit_code, 0) << cleaned.out << cleaned.err;
  EXPECT_NE(cleaned.out.find("left alone: its cexec is on another machine, or cannot be seen from here\n"),
            std::string::npos)
      << cleaned.out;
  // The start of a run sweeps, too.
  const Sleepy next;
  const auto ran = tests::run(
      in_own_namespace({CEXEC_PROGRAM, "--container-seq", "--fail-fast", "--step-timeout", "100ms"}),
      {next.folder.path(), {}});
  EXPECT_EQ(ran.exit_code, 1) << ran.out << ran.err;
  EXPECT_EQ(ran.out.find("swept"), std::string::npos) << ran.out;
  const auto still = living.objects.names();
  EXPECT_TRUE(std::includes(still.begin(), still.end(), its_own.begin(), its_own.end()));
  survivor->signal(SIGINT);
  expect_tidy_end(living, survivor->finish(60s), 130, "SIGINT");
}

TEST(Death, OwnerInANamespaceOfItsOwnIsNotSweptWhileItLives) {
  const Sleepy living;
  tests::Process survivor(in_own_namespace({CEXEC_PROGRAM, "--container-seq"}), {living.folder.path(), {}});
  living.wait_until_asleep();
  const auto its_own = living.objects.names();
  const auto cleaned = tests::run({CEXEC_PROGRAM, "cleanup"});
  EXPECT_EQ(cleaned.exit_code, 0) << cleaned.out << cleaned.err;
  EXPECT_NE(cleaned.out.find("left alone: its cexec is "), std::string::npos) << cleaned.out;
  const auto still = living.objects.names();
  EXPECT_FALSE(its_own.empty());
  EXPECT_TRUE(std::includes(still.begin(), still.end(), its_own.begin(), its_own.end()));
  const auto pid = cexec_behind(survivor.pid());
  EXPECT_EQ(tests::run(as_root({"kill", "-INT", std::to_string(pid)})).exit_code, 0);
  expect_tidy_end(living, survivor.finish(60s), 130, "SIGINT");
}

TEST(Death, NextStartTellsWhatAWatchdogCouldNotRemove) {
  const Sleepy sleepy;
  sleepy.folder.write("state/cexec/unfinished/0b0f2c0e", "the engine did not answer\n");
  const auto state = (sleepy.folder.path() / "state").string();
  const tests::Process::Options options{sleepy.folder.path(), {{"XDG_STATE_HOME", state}}};
  const std::vector<std::string> words{CEXEC_PROGRAM, "--container-seq", "--fail-fast", "--step-timeout",
                                       "100ms"};
  EXPECT_NE(
      tests::run(words, options)
          .err.find("warning: what run 0b0f2c0e had left could not be removed when it died: the engine did "
                    "not answer\n"),
      std::string::npos);
  EXPECT_EQ(tests::run(words, options).err.find("0b0f2c0e"), std::string::npos) << "it is told once";
}

}  // namespace
