#include "executor/instance/process_server.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <mutex>
#include <thread>

#include "tests/support/temp_folder.h"

namespace executor::instance {
namespace {

using namespace std::chrono_literals;

base::Deadline soon() {
  return base::Deadline::in(30s);
}

/// Keeps what a server writes.
class Kept : public Output {
 public:
  void on_stdout(std::string_view bytes) override { add(out_, bytes); }
  void on_stderr(std::string_view bytes) override { add(err_, bytes); }
  void on_end(const std::string& error) override { ended_.set(error); }

  [[nodiscard]] std::string out() const { return get(out_); }
  [[nodiscard]] std::string err() const { return get(err_); }
  [[nodiscard]] std::optional<std::string> end() const { return ended_.wait(soon(), {}); }
  /// Blocks until `text` stands in its stdout.
  bool wait_for(const std::string& text) const {
    const auto deadline = soon();
    while (out().find(text) == std::string::npos) {
      if (deadline.passed()) return false;
      ::usleep(1000);
    }
    return true;
  }

 private:
  void add(std::string& to, std::string_view bytes) {
    const std::lock_guard lock(mutex_);
    to += bytes;
  }
  std::string get(const std::string& from) const {
    const std::lock_guard lock(mutex_);
    return from;
  }
  mutable std::mutex mutex_;
  std::string out_;
  std::string err_;
  base::Latch<std::string> ended_;
};

/// What a run has, without any cgroup: that is cgroups_test.cpp's.
class ProcessServers : public testing::Test {
 protected:
  ProcessServers() { std::ignore = std::signal(SIGPIPE, SIG_IGN); }

  std::unique_ptr<ProcessServer> server(std::vector<std::string> command) {
    platform.name = model::PlatformName("p");
    platform.process = std::move(command);
    ProcessSurroundings around;
    around.run = model::RunId("run-1");
    around.process = model::ProcessName("x");
    around.marker = "run-1/" + std::to_string(++count);
    around.limits = limits;
    return std::make_unique<ProcessServer>(host, platform, folder.path(), around);
  }
  std::unique_ptr<ProcessServer> script(const std::string& text) { return server({"sh", "-c", text}); }

  /// Started, and ended by itself.
  Exit run(const std::string& text) {
    const auto one = script(text);
    const auto started = one->start(kept, soon(), {});
    EXPECT_TRUE(started) << started.error().reason;
    const auto ended = one->wait(soon(), {});
    EXPECT_EQ(one->dispose(), "");
    return ended.value().value_or(Exit{-1, false});
  }
  std::string error_of(std::vector<std::string> command) {
    const auto one = server(std::move(command));
    const auto started = one->start(kept, soon(), {});
    EXPECT_FALSE(started);
    EXPECT_EQ(one->dispose(), "");
    return started ? std::string() : started.error().reason;
  }
  /// The pid that a script prints first.
  pid_t printed_pid() const {
    EXPECT_TRUE(kept.wait_for("\n"));
    return std::stoi(kept.out());
  }

  tests::TempFolder folder;
  config::Platform platform;
  config::Limits limits{0, 0, 0};
  unsigned count = 0;
  Kept kept;
  track::Children children;
  Cgroups cgroups{"none", {}, [](const auto&) {}};
  base::IoLoop loop;
  ProcessLauncher launcher{children};
  ProcessHost host{children, launcher, cgroups, loop};
};

TEST_F(ProcessServers, WhatItUsedIsKnownAfterItsEnd) {
  const auto before = base::Clock::now();
  const auto one = script("i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done; echo done; read line");
  ASSERT_TRUE(one->start(kept, soon(), {}));
  ASSERT_TRUE(kept.wait_for("done"));
  one->measure();
  one->close_stdin();
  ASSERT_TRUE(one->wait(soon(), {}).value());
  const auto measured = one->measured();
  EXPECT_EQ(measured.by, model::MeasuredBy::process);
  ASSERT_TRUE(measured.created && measured.started);
  EXPECT_GE(*measured.created, before);
  EXPECT_GE(*measured.started, *measured.created);
  EXPECT_GT(measured.peak.memory, 0);
  EXPECT_LT(measured.peak.memory, std::int64_t{8} << 20U) << "a shell's, not that of who started it";
  EXPECT_GT(measured.peak.cpu_nanoseconds, 1'000'000);
  EXPECT_EQ(measured.peak.pids, 1);
}

TEST_F(ProcessServers, OneThatCouldNotBeStartedUsedNothing) {
  const auto one = server({"/no/such/program"});
  ASSERT_FALSE(one->start(kept, soon(), {}));
  EXPECT_EQ(one->measured().by, model::MeasuredBy::nothing);
  EXPECT_TRUE(one->measured().created);
  EXPECT_FALSE(one->measured().started);
}

TEST_F(ProcessServers, StreamsAndExitCodeAreTheServers) {
  const auto exit = run("echo to stdout; echo to stderr >&2; exit 7");
  EXPECT_EQ(exit.code, 7);
  EXPECT_FALSE(exit.oom_killed);
  EXPECT_EQ(kept.out(), "to stdout\n");
  EXPECT_EQ(kept.err(), "to stderr\n");
  EXPECT_EQ(kept.end(), "");
}

TEST_F(ProcessServers, SignalIsAnExitCode) {
  EXPECT_EQ(run("kill -SEGV $$").code, 128 + SIGSEGV);
}

TEST_F(ProcessServers, TalksUntilItsStdinEnds) {
  const auto one = script("while read -r line; do echo \"got $line\"; done; echo end");
  ASSERT_TRUE(one->start(kept, soon(), {}));
  EXPECT_EQ(one->write("a\n", soon(), {}), rpc::ByteStream::Written::all);
  EXPECT_TRUE(kept.wait_for("got a\n"));
  EXPECT_FALSE(one->wait(base::Deadline::in(0ms), {}).value().has_value());
  one->close_stdin();
  EXPECT_EQ(one->wait(soon(), {}).value()->code, 0);
  EXPECT_EQ(kept.out(), "got a\nend\n");
}

TEST_F(ProcessServers, EverythingWrittenBeforeTheEndArrives) {
  EXPECT_EQ(run("head -c 3000000 /dev/zero; head -c 60000 /dev/zero >&2").code, 0);
  EXPECT_EQ(kept.out().size(), 3'000'000U);
  EXPECT_EQ(kept.err().size(), 60'000U);
}

TEST_F(ProcessServers, WritingToOneThatDoesNotReadTimesOut) {
  const auto one = script("echo $$; exec sleep 600");
  ASSERT_TRUE(one->start(kept, soon(), {}));
  const std::string much(std::size_t{1} << 20, 'x');
  EXPECT_EQ(one->write(much, base::Deadline::in(20ms), {}), rpc::ByteStream::Written::timed_out);
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(one->write(much, soon(), stop.get_token()), rpc::ByteStream::Written::stopped);
}

TEST_F(ProcessServers, WritingToOneThatIsGoneIsClosed) {
  const auto one = script("exit 0");
  ASSERT_TRUE(one->start(kept, soon(), {}));
  ASSERT_TRUE(one->wait(soon(), {}).value());
  EXPECT_EQ(one->write("x", soon(), {}), rpc::ByteStream::Written::closed);
}

TEST_F(ProcessServers, SigtermAndSigkillReachIt) {
  const auto one = script("trap 'echo no' TERM; echo $$; while :; do sleep 0.01; done");
  ASSERT_TRUE(one->start(kept, soon(), {}));
  ASSERT_TRUE(kept.wait_for("\n"));
  one->terminate();
  EXPECT_TRUE(kept.wait_for("no\n"));
  one->kill();
  EXPECT_EQ(one->wait(soon(), {}).value()->code, 128 + SIGKILL);
  one->kill();
  one->terminate();
}

TEST_F(ProcessServers, IsTheLeaderOfASessionInTheGivenFolder) {
  EXPECT_EQ(run("cut -d' ' -f1,5,6 /proc/$$/stat; pwd").code, 0);
  std::istringstream words(kept.out());
  std::string pid;
  std::string group;
  std::string session;
  std::string where;
  words >> pid >> group >> session >> where;
  EXPECT_EQ(group, pid);
  EXPECT_EQ(session, pid);
  EXPECT_EQ(where, std::filesystem::canonical(folder.path()).string());
}

TEST_F(ProcessServers, HasNoDescriptorAndNoBlockedOrIgnoredSignalOfOurs) {
  EXPECT_EQ(run("ls /proc/self/fd | tr '\\n' ' '; grep -E 'SigBlk|SigIgn|NoNewPrivs' /proc/self/status").code,
            0);
  EXPECT_EQ(kept.out(), "0 1 2 3 SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\nNoNewPrivs:\t1\n");
}

TEST_F(ProcessServers, ChildrenEndWithIt) {
  const auto one = script("sleep 600 & echo $!; exec sleep 0.05");
  ASSERT_TRUE(one->start(kept, soon(), {}));
  const auto child = printed_pid();
  EXPECT_EQ(one->wait(soon(), {}).value()->code, 0);
  EXPECT_EQ(kept.end(), "");  // although the child holds stdout open
  EXPECT_EQ(one->dispose(), "");
  EXPECT_NE(::kill(child, 0), 0);
}

TEST_F(ProcessServers, DaemonThatHoldsItsStreamsDoesNotHideItsEnd) {
  const auto one = script("setsid sh -c 'trap \"\" TERM; echo $$; setsid sleep 600; :' & sleep 0.1; exit 9");
  ASSERT_TRUE(one->start(kept, soon(), {}));
  const auto daemon = printed_pid();
  EXPECT_EQ(one->wait(soon(), {}).value()->code, 9);
  EXPECT_EQ(kept.end(), "");
  EXPECT_EQ(one->dispose(), "");
  EXPECT_NE(::kill(daemon, 0), 0);
}

TEST_F(ProcessServers, DisposeEndsOneThatLives) {
  pid_t pid = 0;
  {
    const auto one = script("trap '' TERM; echo $$; sleep 600; :");
    ASSERT_TRUE(one->start(kept, soon(), {}));
    pid = printed_pid();
    EXPECT_EQ(::kill(pid, 0), 0);
  }
  EXPECT_NE(::kill(pid, 0), 0);
  EXPECT_EQ(kept.end(), "");
}

TEST_F(ProcessServers, DiesWithTheProcessThatStartedItAndNotWithAThread) {
  std::unique_ptr<ProcessServer> one;
  std::thread([&] {
    one = script("grep -E 'x' /dev/null; echo $$; exec sleep 600");
    ASSERT_TRUE(one->start(kept, soon(), {}));
  }).join();
  const auto pid = printed_pid();
  EXPECT_FALSE(one->wait(base::Deadline::in(50ms), {}).value().has_value());
  EXPECT_EQ(::kill(pid, 0), 0);
}

TEST_F(ProcessServers, LimitsOfTheEntryAreSet) {
  platform.ulimits = {{"core", 0, 0}, {"nofile", 32, 64}};
  EXPECT_EQ(run("ulimit -c; ulimit -Sn; ulimit -Hn").code, 0);
  EXPECT_EQ(kept.out(), "0\n32\n64\n");
}

TEST_F(ProcessServers, MemoryIsLimitedAlsoWithoutACgroup) {
  limits.memory = std::int64_t{64} << 20;
  EXPECT_NE(run("exec python3 -S -E -c 'x = bytearray(100 << 20)'").code, 0);
  EXPECT_NE(kept.err().find("MemoryError"), std::string::npos) << kept.err();
  EXPECT_EQ(run("exec python3 -S -E -c 'x = bytearray(10 << 20)'").code, 0);
}

TEST_F(ProcessServers, WhatCannotBeStartedIsNamed) {
  EXPECT_EQ(error_of({"no-such-program"}),
            "the process of 'x' (p) cannot be started: there is no program 'no-such-program' in PATH");
  EXPECT_EQ(error_of({"bin/server"}),
            "the process of 'x' (p) cannot be started: " + (folder.path() / "bin/server").string() +
                ": there is no such file");
  const auto text = folder.write("notes", "no program");
  EXPECT_EQ(error_of({"./notes"}),
            "the process of 'x' (p) cannot be started: " + text.string() + ": it is not executable");
  ::chmod(text.c_str(), 0755);
  EXPECT_EQ(error_of({"./notes"}),
            "the process of 'x' (p) could not be started: the program cannot be run: " + text.string() +
                ": Exec format error");
}

TEST_F(ProcessServers, LimitThatCannotBeSetIsNamed) {
  platform.ulimits = {{"nofile", 9, 8}};
  EXPECT_EQ(
      error_of({"true"}),
      "the process of 'x' (p) could not be started: a limit could not be set: nofile: Invalid argument");
  platform.ulimits = {{"nofiles", 9, 9}};
  EXPECT_EQ(error_of({"true"}), "platforms.p.ulimits: there is no limit 'nofiles'; did you mean 'nofile'?");
}

TEST_F(ProcessServers, ManyAtATimeDoNotDisturbEachOther) {
  std::vector<std::unique_ptr<ProcessServer>> servers(8);
  for (auto& one : servers) one = script("sleep 600 & exit ${CEXEC_INSTANCE#*/}");
  std::vector<std::thread> threads;
  std::vector<std::int64_t> codes(servers.size());
  for (std::size_t i = 0; i < codes.size(); ++i) {
    threads.emplace_back([&, i] {
      Kept own;
      if (servers[i]->start(own, soon(), {})) codes[i] = servers[i]->wait(soon(), {}).value()->code;
      EXPECT_EQ(servers[i]->dispose(), "");
    });
  }
  for (auto& thread : threads) thread.join();
  for (std::size_t i = 0; i < codes.size(); ++i) EXPECT_EQ(codes[i], static_cast<std::int64_t>(i) + 1);
  EXPECT_EQ(children.end_all(soon()), std::vector<pid_t>());
}

}  // namespace
}  // namespace executor::instance
