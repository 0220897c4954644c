// What a run holds on this machine outside of any engine: its folder, its cgroups, its processes; finding it
// without the cexec that made it, and ending it. It must not know what any of it is for.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "base/deadline.h"
#include "executor/model/ids.h"
#include "executor/track/labels.h"
#include "executor/track/liveness.h"

namespace executor::track {

/// In the environment of every process of a run, wherever it runs.
inline constexpr const char* kRunVariable = "CEXEC_RUN_ID";

/// A folder in memory, where there is one, that is the record of a run: `owner` in it says whose it is, and
/// which cgroups belong to it. What the cases of the run share lies in it, too.
class HostRunFolder {
 public:
  /// Makes `cexec-<run>`, for this user only, in the first of these that can be written to: XDG_RUNTIME_DIR,
  /// /dev/shm, TMPDIR, /tmp. The error is a sentence.
  static tl::expected<HostRunFolder, std::string> make(const model::RunId& run);

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  /// A cgroup that is to be removed with the folder, and is named as it is. To be called before it is made.
  void add_cgroup(const std::filesystem::path& cgroup) const;

 private:
  explicit HostRunFolder(std::filesystem::path path) : path_(std::move(path)) {}
  std::filesystem::path path_;
};

/// One run of this user, by its folder.
struct HostRun {
  model::RunId run;
  std::filesystem::path folder;
  std::string owner;
  Liveness liveness = Liveness::unknown;
  std::vector<std::filesystem::path> cgroups;
  std::int64_t since = 0;  ///< seconds since 1970
};

/// All of this user's that have a folder.
std::vector<HostRun> list_host_runs(const LivenessCheck& check);

/// The processes in whose environment the run's id stands, and those in its cgroups. Not cexec itself.
std::vector<pid_t> processes_of(const model::RunId& run);

/// What became of a removal, in words: "process 4711 (python3)", "folder /dev/shm/cexec-…".
struct Ended {
  std::vector<std::string> removed;
  std::vector<std::string> left;
};

/// Ends every process of the run, with SIGKILL, until two searches find none; then removes its cgroups and
/// its folder. Needs nothing of the process that made them, which must not be at work any more. Blocks to the
/// deadline.
Ended end_host_run(const model::RunId& run, const base::Deadline& deadline);

/// Does so for all runs of this user whose cexec is dead.
Ended sweep_host_runs(const LivenessCheck& check, const base::Deadline& deadline);

}  // namespace executor::track
