#include "executor/instance/cgroups.h"

#include <gtest/gtest.h>

#include <csignal>
#include <fstream>
#include <sstream>

#include "base/random.h"
#include "executor/instance/process_server.h"
#include "tests/support/temp_folder.h"

namespace executor::instance {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

std::string text_of(const char* file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

TEST(CgroupPlaces, VersionOneIsWhereThisProcessIsInEachHierarchy) {
  const std::string mounts =
      "30 24 0:26 / /sys/fs/cgroup/memory rw,nosuid - cgroup cgroup rw,memory\n"
      "31 24 0:27 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids\n"
      "32 24 0:28 / /sys/fs/cgroup/cpu,cpuacct rw shared:9 - cgroup cgroup rw,cpu,cpuacct\n"
      "33 24 0:29 / /sys/fs/cgroup/freezer rw - cgroup cgroup rw,freezer\n"
      "34 24 8:1 / / rw - ext4 /dev/sda1 rw\n";
  const std::string own = "9:freezer:/\n8:memory:/user.slice\n4:pids:/user.slice/a\n2:cpu,cpuacct:/\n";
  EXPECT_EQ(cgroup_places(mounts, own),
            (std::vector<CgroupPlace>{{"/sys/fs/cgroup/memory/user.slice", false, true, false, false},
                                      {"/sys/fs/cgroup/pids/user.slice/a", false, false, true, false},
                                      {"/sys/fs/cgroup/cpu,cpuacct/", false, false, false, true}}));
}

TEST(CgroupPlaces, MountOfAPartIsTakenFromThere) {
  const std::string mounts =
      "30 24 0:26 /docker/4f /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
      "31 24 0:27 /docker/4f /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids\n";
  EXPECT_EQ(cgroup_places(mounts, "8:memory:/docker/4f/inner\n4:pids:/elsewhere\n"),
            (std::vector<CgroupPlace>{{"/sys/fs/cgroup/memory/inner", false, true, false, false},
                                      {"/sys/fs/cgroup/pids", false, false, true, false}}));
}

TEST(CgroupPlaces, VersionTwoIsBesideThisProcessAndWhatIsSwitchedOnThere) {
  const tests::TempFolder tree;
  tree.write("user/app.slice/cgroup.subtree_control", "memory pids\n");
  tree.write("user/app.slice/terminal.scope/cgroup.subtree_control", "\n");
  const auto mounts = "30 24 0:26 / " + tree.path().string() + " rw - cgroup2 cgroup2 rw,nsdelegate\n";
  EXPECT_EQ(cgroup_places(mounts, "0::/user/app.slice/terminal.scope\n"),
            (std::vector<CgroupPlace>{{tree.path() / "user/app.slice", true, true, true, false}}));
  EXPECT_EQ(cgroup_places(mounts, "0::/user/app.slice\n"), std::vector<CgroupPlace>());
}

TEST(CgroupPlaces, NonsenseIsNone) {
  EXPECT_EQ(cgroup_places("", ""), std::vector<CgroupPlace>());
  EXPECT_EQ(cgroup_places("a b - c\n\n - cgroup\n", "x\n:\n::\n0::\n1:memory:/\n"),
            std::vector<CgroupPlace>());
}

TEST(Cgroups, PlaceThatCannotBeWrittenToIsNotUsed) {
  std::vector<fs::path> told;
  Cgroups cgroups("cexec-x", {{"/proc/nowhere", false, true, true, true}},
                  [&told](const fs::path& folder) { told.push_back(folder); });
  EXPECT_EQ(told, std::vector<fs::path>{"/proc/nowhere/cexec-x"});
  EXPECT_FALSE(cgroups.limits_memory());
  EXPECT_EQ(cgroups.describe(), "");
  const auto lent = cgroups.lend({1, 1, 1});
  ASSERT_TRUE(lent);
  EXPECT_EQ(*lent, nullptr);
}

struct Ignoring : Output {
  void on_stdout(std::string_view) override {}
  void on_stderr(std::string_view) override {}
  void on_end(const std::string&) override {}
};

/// On this machine as it is: with what it permits, and what is said to be enforced is.
class CgroupsHere : public testing::Test {
 protected:
  CgroupsHere() {
    std::ignore = std::signal(SIGPIPE, SIG_IGN);
    platform.name = model::PlatformName("p");
  }
  ~CgroupsHere() override {
    cgroups.reset();
    for (const auto& folder : told) EXPECT_FALSE(fs::exists(folder)) << folder;
  }
  Exit run(const std::string& python, const config::Limits& limits) {
    platform.process = {"python3", "-S", "-E", "-c", python};
    return run_platform(limits);
  }
  Exit run_platform(const config::Limits& limits) {
    ProcessSurroundings around;
    around.marker = base::random_uuid();
    around.limits = limits;
    around.memory_is_limited = cgroups->limits_memory();
    ProcessHost host{children, launcher, *cgroups, loop};
    ProcessServer server(host, platform, "/", around);
    Ignoring silent;
    const auto started = server.start(silent, base::Deadline::in(60s), {});
    EXPECT_TRUE(started) << started.error().reason;
    const auto ended = server.wait(base::Deadline::in(60s), {});
    EXPECT_EQ(server.dispose(), "");
    return ended.value().value_or(Exit{-1, false});
  }
  [[nodiscard]] bool enforces(const std::string& what) const {
    return cgroups->describe().find(what) != std::string::npos;
  }

  config::Platform platform;
  std::vector<fs::path> told;
  std::unique_ptr<Cgroups> cgroups =
      std::make_unique<Cgroups>("cexec-" + base::random_uuid(),
                                cgroup_places(text_of("/proc/self/mountinfo"), text_of("/proc/self/cgroup")),
                                [this](const fs::path& folder) { told.push_back(folder); });
  track::Children children;
  base::IoLoop loop;
  ProcessLauncher launcher{children};
};

TEST_F(CgroupsHere, TooMuchMemoryEndsItAndIsTold) {
  const config::Limits limits{std::int64_t{64} << 20, 0, 0};
  const auto exit = run("x = []\nwhile True: x.append(b'x' * (1 << 20))", limits);
  EXPECT_EQ(exit.oom_killed, enforces("memory"));
  EXPECT_EQ(exit.code, enforces("memory") ? 128 + SIGKILL : 1);
  // The next in the same cgroup is not blamed for it.
  const auto next = run("pass", limits);
  EXPECT_EQ(next.code, 0);
  EXPECT_FALSE(next.oom_killed);
}

TEST_F(CgroupsHere, TooManyProcessesCannotBeMade) {
  const auto fork_with = [this](std::int64_t pids) {
    platform.process = {"sh", "-c", "true & wait"};
    return run_platform({0, 0, pids}).code;
  };
  EXPECT_EQ(fork_with(1) == 0, !enforces("processes"));
  EXPECT_EQ(fork_with(2), 0);
}

TEST_F(CgroupsHere, ProcessThatLeftItsSessionAndItsEnvironmentIsFound) {
  const config::Limits limits{0, 0, 20};
  const tests::TempFolder folder;
  const auto file = (folder.path() / "pid").string();
  platform.environment = {{"FILE", file}};
  run("import os\nif os.fork() == 0:\n os.setsid()\n os.execve('/bin/sh', ['sh', '-c', 'echo $$ > "
      "'+os.environ['FILE']+"
      "'; exec sleep 600'], {})\n"
      "while not os.path.exists(os.environ['FILE']) or not os.path.getsize(os.environ['FILE']): pass",
      limits);
  pid_t pid = 0;
  std::ifstream(file) >> pid;
  ASSERT_GT(pid, 0);
  EXPECT_NE(::kill(pid, 0), 0);
}

TEST_F(CgroupsHere, AreUsedAgainForTheSameLimits) {
  const config::Limits limits{std::int64_t{64} << 20, 500'000'000, 40};
  const auto lend = [this](const config::Limits& of) { return cgroups->lend(of).value(); };
  auto first = lend(limits);
  EXPECT_EQ(first == nullptr, cgroups->describe().empty());
  if (first == nullptr) return;
  const auto* address = first.get();
  cgroups->take_back(std::move(first));
  auto other = lend({std::int64_t{65} << 20, 500'000'000, 40});
  EXPECT_NE(other.get(), address);
  auto again = lend(limits);
  EXPECT_EQ(again.get(), address);
  cgroups->take_back(std::move(other));
  cgroups->take_back(std::move(again));
}

}  // namespace
}  // namespace executor::instance
