#include "executor/track/children.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <string>

#include "tests/support/temp_folder.h"

namespace executor::track {
namespace {

using namespace std::chrono_literals;

base::Deadline in_time() {
  return base::Deadline::in(30s);
}

/// Runs a shell script in a session of its own, with the marker in its environment.
class Parent {
 public:
  Parent(Children& children, const std::string& script, const std::string& marker) : children_(children) {
    kin_.marker = marker;
    kin_.session = children.start([&] {
      const pid_t pid = ::fork();
      if (pid != 0) return pid;
      ::setsid();
      ::setenv(kInstanceVariable, marker.c_str(), 1);
      ::execl("/bin/sh", "sh", "-c", script.c_str(), nullptr);
      ::_exit(127);
    });
  }
  /// Waits for its end, which leaves the rest without a parent.
  void wait() {
    ::waitpid(kin_.session, nullptr, 0);
    children_.forget(kin_.session);
  }
  [[nodiscard]] const Kin& kin() const { return kin_; }

 private:
  Children& children_;
  Kin kin_;
};

/// The pid that a script writes into a file.
class PidFile {
 public:
  [[nodiscard]] std::string path() const { return (folder_.path() / "pid").string(); }
  [[nodiscard]] pid_t pid() const {
    const auto deadline = in_time();
    pid_t pid = 0;
    while (!(std::ifstream(path()) >> pid) && !deadline.passed()) ::usleep(1000);
    return pid;
  }

 private:
  tests::TempFolder folder_;
};

bool is_there(pid_t pid) {
  return ::kill(pid, 0) == 0;
}

TEST(Children, OrphanInTheSessionIsFoundAndItsEndWaitedFor) {
  Children children;
  const PidFile file;
  Parent parent(children, "unset CEXEC_INSTANCE; sleep 600 & echo $! > " + file.path(), "1");
  parent.wait();
  Parent other(children, "exec sleep 600", "2");
  const auto orphan = file.pid();
  ASSERT_TRUE(is_there(orphan));
  EXPECT_EQ(children.end_strays(parent.kin(), in_time()), std::vector<pid_t>());
  EXPECT_FALSE(is_there(orphan));
  EXPECT_TRUE(is_there(other.kin().session));
  ::kill(other.kin().session, SIGKILL);
  other.wait();
}

TEST(Children, DaemonThatLeftTheSessionIsFoundByItsEnvironment) {
  Children children;
  const PidFile file;
  Parent parent(children,
                "setsid sh -c 'trap \"\" TERM; setsid sleep 600 & echo $! > " + file.path() + "' & wait",
                "1");
  const auto daemon = file.pid();
  parent.wait();
  Parent other(children, "exec sleep 600", "2");
  ASSERT_TRUE(is_there(daemon));
  EXPECT_EQ(children.end_strays(other.kin(), in_time()), std::vector<pid_t>());
  EXPECT_TRUE(is_there(daemon));
  EXPECT_EQ(children.end_strays(parent.kin(), in_time()), std::vector<pid_t>());
  EXPECT_FALSE(is_there(daemon));
  ::kill(other.kin().session, SIGKILL);
  other.wait();
}

TEST(Children, DaemonThatForgotItsEnvironmentGoesWithTheLast) {
  Children children;
  const PidFile file;
  Parent parent(children, "env -i setsid sh -c 'echo $$ > " + file.path() + "; exec sleep 600' & sleep 0.2",
                "1");
  const auto daemon = file.pid();
  parent.wait();
  Parent other(children, "exec sleep 600", "2");
  EXPECT_EQ(children.end_strays(parent.kin(), in_time()), std::vector<pid_t>());
  EXPECT_TRUE(is_there(daemon));
  ::kill(other.kin().session, SIGKILL);
  other.wait();
  EXPECT_EQ(children.end_strays(other.kin(), in_time()), std::vector<pid_t>());
  EXPECT_FALSE(is_there(daemon));
}

TEST(Children, ThoseThatWereThereBeforeAreLeftAlone) {
  const pid_t before = ::fork();
  if (before == 0) {
    ::pause();
    ::_exit(0);
  }
  Children children;
  EXPECT_EQ(children.end_all(in_time()), std::vector<pid_t>());
  EXPECT_TRUE(is_there(before));
  ::kill(before, SIGKILL);
  ::waitpid(before, nullptr, 0);
}

TEST(Children, OrphanThatEndedByItselfIsNoZombieAfterwards) {
  Children children;
  const PidFile file;
  Parent parent(children, "sleep 0 & echo $! > " + file.path(), "1");
  parent.wait();
  const auto orphan = file.pid();
  EXPECT_EQ(children.end_strays(parent.kin(), in_time()), std::vector<pid_t>());
  EXPECT_FALSE(is_there(orphan));
}

TEST(Children, EndOfAllTakesGroupsAndOrphans) {
  Children children;
  const PidFile inner;
  const PidFile outer;
  Parent parent(
      children,
      "sleep 600 & echo $! > " + inner.path() + "; setsid sleep 600 & echo $! > " + outer.path() + "; wait",
      "1");
  ASSERT_GT(inner.pid(), 0);
  ASSERT_GT(outer.pid(), 0);
  children.kill_all();
  parent.wait();
  EXPECT_EQ(children.end_all(in_time()), std::vector<pid_t>());
  EXPECT_FALSE(is_there(inner.pid()));
  EXPECT_FALSE(is_there(outer.pid()));
}

TEST(VariableOf, IsReadFromTheEnvironmentAtTheStart) {
  ASSERT_NE(::getenv("PATH"), nullptr);
  EXPECT_EQ(variable_of(::getpid(), "PATH"), ::getenv("PATH"));
  EXPECT_EQ(variable_of(::getpid(), "PAT"), "");
  EXPECT_EQ(variable_of(-1, "PATH"), "");
}

}  // namespace
}  // namespace executor::track
