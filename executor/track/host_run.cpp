// What a run holds on this machine outside of any engine: its folder, its cgroups, its processes; finding it
// without the cexec that made it, and ending it. It must not know what any of it is for.
#include "executor/track/host_run.h"

#include <fmt/format.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>
#include <system_error>

#include "base/fd.h"
#include "base/wait.h"
#include "executor/track/children.h"
#include "executor/track/proc.h"

namespace executor::track {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr std::string_view kPrefix = "cexec-";
constexpr const char* kRecord = "owner";
/// A killed process needs that long to be gone, mostly less.
constexpr auto kPause = 5ms;

/// Where folders may be, the best place first: in memory, and nobody else's.
std::vector<fs::path> places() {
  std::vector<fs::path> list;
  const auto add = [&list](const char* place) {
    if (place != nullptr && *place == '/' && std::find(list.begin(), list.end(), place) == list.end())
      list.emplace_back(place);
  };
  add(std::getenv("XDG_RUNTIME_DIR"));  // NOLINT(concurrency-mt-unsafe): nobody sets any
  add("/dev/shm");
  add(std::getenv("TMPDIR"));  // NOLINT(concurrency-mt-unsafe): nobody sets any
  add("/tmp");
  return list;
}

std::string name_of(const model::RunId& run) {
  return fmt::format("{}{}", kPrefix, run.text());
}

/// Nothing if it is no folder of this user's: in a place where others may write as well a name proves
/// nothing.
bool is_ours(const fs::path& folder) {
  struct stat status {};
  return ::lstat(folder.c_str(), &status) == 0 && S_ISDIR(status.st_mode) && status.st_uid == ::geteuid();
}

/// owner, machine, and then a cgroup a line.
HostRun read_record(const fs::path& folder) {
  HostRun found;
  found.run = model::RunId(folder.filename().string().substr(kPrefix.size()));
  found.folder = folder;
  struct stat status {};
  if (::lstat(folder.c_str(), &status) == 0) found.since = status.st_mtime;
  std::ifstream record(folder / kRecord);
  std::getline(record, found.owner);
  for (std::string line; std::getline(record, line);) {
    if (line.starts_with('/')) found.cgroups.emplace_back(line);
  }
  return found;
}

std::string machine_in(const fs::path& folder) {
  std::string line;
  std::ifstream record(folder / kRecord);
  std::getline(record, line);
  std::getline(record, line);
  return line;
}

std::vector<HostRun> folders() {
  std::vector<HostRun> runs;
  for (const auto& place : places()) {
    std::error_code error;
    for (fs::directory_iterator it(place, error), end; !error && it != end; it.increment(error)) {
      const auto name = it->path().filename().string();
      const bool is_named = name.starts_with(kPrefix) && name.size() == kPrefix.size() + 36;
      // Without a record it is being made, or removed.
      if (is_named && is_ours(it->path()) && fs::exists(it->path() / kRecord, error))
        runs.push_back(read_record(it->path()));
    }
  }
  return runs;
}

/// The cgroup and those below it, innermost first.
std::vector<fs::path> tree_of(const fs::path& cgroup) {
  std::vector<fs::path> list;
  std::error_code error;
  for (fs::directory_iterator it(cgroup, error), end; !error && it != end; it.increment(error)) {
    std::error_code ignored;
    if (!it->is_directory(ignored)) continue;
    const auto inner = tree_of(it->path());
    list.insert(list.end(), inner.begin(), inner.end());
  }
  if (!error) list.push_back(cgroup);
  return list;
}

/// Its environment says so, or the cgroup that it is in, which holds on to those too that changed the former.
bool is_of(pid_t pid, const model::RunId& run) {
  if (variable_of(pid, kRunVariable) == run.text()) return true;
  const auto cgroups = read_proc(fmt::format("/proc/{}/cgroup", pid));
  return cgroups && cgroups->find("/" + name_of(run)) != std::string::npos;
}

/// Not if the pid is another process's by now.
void kill_if_of(const model::RunId& run, pid_t pid) {
  const base::Fd fd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  if (fd && is_of(pid, run)) ::syscall(SYS_pidfd_send_signal, fd.get(), SIGKILL, nullptr, 0);
}

std::string describe_process(pid_t pid) {
  return fmt::format("process {} ({})", pid, name_of_process(pid));
}

void end_processes(const model::RunId& run, const base::Deadline& deadline, Ended& ended) {
  int empty = 0;  // one search may miss what is forked meanwhile
  std::set<pid_t> known;
  while (empty < 2) {
    const auto pids = processes_of(run);
    if (!pids.empty() && deadline.passed()) {
      for (const auto pid : pids) ended.left.push_back(describe_process(pid));
      return;
    }
    for (const auto pid : pids) {
      if (known.insert(pid).second) ended.removed.push_back(describe_process(pid));
      kill_if_of(run, pid);
    }
    empty = pids.empty() ? empty + 1 : 0;
    if (!pids.empty()) base::pause_for(kPause, {});
  }
}

/// A cgroup is busy for a moment after its last process has ended.
void remove_cgroups(const std::vector<fs::path>& cgroups, const base::Deadline& deadline, Ended& ended) {
  for (const auto& cgroup : cgroups) {
    for (const auto& folder : tree_of(cgroup)) {
      while (::rmdir(folder.c_str()) != 0 && errno == EBUSY && !deadline.passed())
        base::pause_for(kPause, {});
    }
    std::error_code ignored;
    if (fs::exists(cgroup, ignored)) ended.left.push_back(fmt::format("cgroup {}", cgroup.string()));
  }
}

}  // namespace

tl::expected<HostRunFolder, std::string> HostRunFolder::make(const model::RunId& run) {
  std::string why;
  for (const auto& place : places()) {
    const auto folder = place / name_of(run);
    if (::mkdir(folder.c_str(), 0700) != 0) {
      why = fmt::format("{}: {}", place.string(), std::generic_category().message(errno));
      continue;
    }
    // The record appears whole or not at all.
    std::ofstream record(folder / "owner.part");
    record << current_owner().text() << '\n' << machine_id() << '\n';
    record.close();
    std::error_code error;
    if (record) fs::rename(folder / "owner.part", folder / kRecord, error);
    if (record && !error) return HostRunFolder(folder);
    why = fmt::format("{}: cannot be written to", folder.string());
    fs::remove_all(folder, error);
  }
  return tl::unexpected("no folder can be made for what the run shares: " + why);
}

void HostRunFolder::add_cgroup(const fs::path& cgroup) const {
  std::ofstream(path_ / kRecord, std::ios::app) << cgroup.string() << '\n';
}

std::vector<HostRun> list_host_runs(const LivenessCheck& check) {
  auto runs = folders();
  for (auto& run : runs) run.liveness = check.of(run.owner, machine_in(run.folder));
  std::stable_sort(runs.begin(), runs.end(), [](const auto& a, const auto& b) { return a.since < b.since; });
  return runs;
}

std::vector<pid_t> processes_of(const model::RunId& run) {
  auto pids = all_pids();
  std::erase_if(pids, [&run, self = ::getpid()](pid_t pid) {
    return pid == self || !is_of(pid, run) || has_ended(pid);
  });
  return pids;
}

Ended end_host_run(const model::RunId& run, const base::Deadline& deadline) {
  Ended ended;
  auto runs = folders();
  std::erase_if(runs, [&run](const HostRun& other) { return other.run != run; });
  std::vector<fs::path> cgroups;
  for (const auto& found : runs) cgroups.insert(cgroups.end(), found.cgroups.begin(), found.cgroups.end());
  end_processes(run, deadline, ended);
  remove_cgroups(cgroups, deadline, ended);
  for (const auto& found : runs) {
    if (!ended.left.empty()) break;  // the record stays for the next to try
    std::error_code error;
    fs::remove_all(found.folder, error);
    (error ? ended.left : ended.removed).push_back(fmt::format("folder {}", found.folder.string()));
  }
  return ended;
}

Ended sweep_host_runs(const LivenessCheck& check, const base::Deadline& deadline) {
  Ended all;
  for (const auto& found : list_host_runs(check)) {
    if (found.liveness != Liveness::dead) continue;
    auto ended = end_host_run(found.run, deadline);
    std::move(ended.removed.begin(), ended.removed.end(), std::back_inserter(all.removed));
    std::move(ended.left.begin(), ended.left.end(), std::back_inserter(all.left));
  }
  return all;
}

}  // namespace executor::track
