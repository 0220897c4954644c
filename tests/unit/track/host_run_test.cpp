#include "executor/track/host_run.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "base/random.h"
#include "executor/track/proc.h"
#include "tests/support/temp_folder.h"

namespace executor::track {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

/// A place for folders that no other run looks into.
class HostRuns : public testing::Test {
 protected:
  HostRuns() { ::setenv("XDG_RUNTIME_DIR", place.path().c_str(), 1); }
  ~HostRuns() override { ::unsetenv("XDG_RUNTIME_DIR"); }

  /// Of this test's own.
  std::vector<HostRun> list() const {
    auto runs = list_host_runs(LivenessCheck());
    std::erase_if(runs, [this](const HostRun& one) { return one.folder.parent_path() != place.path(); });
    return runs;
  }
  static Ended end(const model::RunId& id) { return end_host_run(id, base::Deadline::in(30s)); }

  /// As if another cexec had made it, which is dead.
  void make_dead_one() const {
    auto owner = current_owner();
    ++owner.start_time;
    const auto folder = "cexec-" + run.text() + "/";
    place.write(folder + "owner", owner.text() + "\n" + machine_id() + "\n");
    place.write(folder + "1/frames.ring", "x");
  }

  tests::TempFolder place;
  const model::RunId run{base::random_uuid()};
};

pid_t start_process_of(const model::RunId& id) {
  const pid_t pid = ::fork();
  if (pid != 0) return pid;
  ::setsid();
  ::setenv(kRunVariable, id.text().c_str(), 1);
  ::execl("/bin/sh", "sh", "-c", "trap '' TERM; setsid sleep 600 & wait", nullptr);
  ::_exit(127);
}

/// Until all of them are what they are to become.
void wait_for_processes(const model::RunId& id, std::size_t count) {
  const auto deadline = base::Deadline::in(30s);
  const auto is_asleep = [](pid_t pid) { return name_of_process(pid) == "sleep"; };
  while (!deadline.passed()) {
    const auto pids = processes_of(id);
    if (pids.size() == count && std::any_of(pids.begin(), pids.end(), is_asleep)) return;
    ::usleep(1000);
  }
  FAIL() << processes_of(id).size() << " processes, not " << count << " with a sleep";
}

TEST_F(HostRuns, FolderIsTheRecordOfALivingRun) {
  const auto folder = HostRunFolder::make(run);
  ASSERT_TRUE(folder) << folder.error();
  EXPECT_EQ(folder->path(), place.path() / ("cexec-" + run.text()));
  EXPECT_EQ(fs::status(folder->path()).permissions(), fs::perms::owner_all);
  folder->add_cgroup("/sys/fs/cgroup/none/cexec-x");
  const auto runs = list();
  ASSERT_EQ(runs.size(), 1U);
  EXPECT_EQ(runs[0].run, run);
  EXPECT_EQ(runs[0].liveness, Liveness::alive);
  EXPECT_EQ(runs[0].owner, current_owner().text());
  EXPECT_EQ(runs[0].cgroups, std::vector<fs::path>{"/sys/fs/cgroup/none/cexec-x"});
  EXPECT_EQ(end(run).left, std::vector<std::string>());
  EXPECT_EQ(list().size(), 0U);
}

TEST_F(HostRuns, NextPlaceIsTakenWhereOneCannotBeWrittenTo) {
  ::setenv("XDG_RUNTIME_DIR", "/proc/1/nowhere", 1);
  const auto folder = HostRunFolder::make(run);
  ASSERT_TRUE(folder) << folder.error();
  EXPECT_NE(folder->path().parent_path(), place.path());
  EXPECT_EQ(end(run).left, std::vector<std::string>());
  EXPECT_FALSE(fs::exists(folder->path()));
}

TEST_F(HostRuns, ForeignFoldersAreNotTakenForRuns) {
  place.write("cexec-" + run.text() + "/file", "a record is missing");
  place.write("cexec-short/owner", current_owner().text());
  place.write("other-" + run.text() + "/owner", current_owner().text());
  fs::create_directory_symlink("/", place.path() / ("cexec-" + base::random_uuid()));
  EXPECT_EQ(list().size(), 0U);
}

TEST_F(HostRuns, EndOfADeadOneTakesProcessesAndFolder) {
  make_dead_one();
  ASSERT_EQ(list().size(), 1U);
  EXPECT_EQ(list()[0].liveness, Liveness::dead);
  const auto pid = start_process_of(run);
  wait_for_processes(run, 2);
  const auto ended = end(run);
  EXPECT_EQ(ended.left, std::vector<std::string>());
  ASSERT_EQ(ended.removed.size(), 3U);
  EXPECT_TRUE(std::any_of(ended.removed.begin(), ended.removed.end(), [](const auto& name) {
    return name.starts_with("process ") && name.ends_with(" (sleep)");
  }));
  EXPECT_EQ(ended.removed.back(), "folder " + (place.path() / ("cexec-" + run.text())).string());
  EXPECT_EQ(processes_of(run), std::vector<pid_t>());
  EXPECT_FALSE(fs::exists(place.path() / ("cexec-" + run.text())));
  int status = 0;
  EXPECT_EQ(::waitpid(pid, &status, 0), pid);
  EXPECT_EQ(WTERMSIG(status), SIGKILL);
}

TEST_F(HostRuns, ProcessesOfAnotherRunAreNotTouched) {
  make_dead_one();
  const model::RunId other(base::random_uuid());
  const auto pid = start_process_of(other);
  wait_for_processes(other, 2);
  EXPECT_EQ(end(run).removed.size(), 1U);
  EXPECT_EQ(processes_of(other).size(), 2U);
  EXPECT_EQ(end(other).removed.size(), 2U);
  ::waitpid(pid, nullptr, 0);
}

}  // namespace
}  // namespace executor::track
