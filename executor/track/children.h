// The processes that descend from this one: those that were started on purpose, and those that these left. It
// must not know what any of them does.
#pragma once

#include <sys/types.h>

#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "base/deadline.h"

namespace executor::track {

/// In the environment of every host process of a run: which instance it belongs to, whoever started it.
inline constexpr const char* kInstanceVariable = "CEXEC_INSTANCE";

/// What tells the descendants of one instance from those of others.
struct Kin {
  pid_t session = 0;   ///< its own, which is also the pid of its first process
  std::string marker;  ///< value of kInstanceVariable
};

/// Makes this process the one that inherits orphans (prctl(2), PR_SET_CHILD_SUBREAPER): whatever a server
/// starts and leaves is a child of ours once the server has gone, and can be found, ended and waited for.
/// Children that are there already, such as a watchdog, are none of its business. One for a process at a
/// time. Thread-safe.
class Children {
 public:
  Children();
  /// Leaves the inheriting of orphans as it was.
  ~Children();
  Children(const Children&) = delete;
  Children& operator=(const Children&) = delete;

  /// `make` starts a process and returns its pid, or -1. No search comes in between, so that none takes the
  /// new one for a stray.
  pid_t start(const std::function<pid_t()>& make);
  /// The end of one that was started has been waited for.
  void forget(pid_t pid);

  /// SIGKILL to whatever `kin` has left. Does not block. False if there was nothing.
  bool kill_strays(const Kin& kin);
  /// The same, until nothing is found, or `deadline`. Where nothing lives that was started, what belongs to
  /// nobody is a stray too. Returns the pids of what is left.
  std::vector<pid_t> end_strays(const Kin& kin, const base::Deadline& deadline);
  /// SIGKILL to everything that was started, with its process group. Does not block.
  void kill_all();
  /// The same for all there is, until nothing is left, or `deadline`. Returns the pids of what is left.
  std::vector<pid_t> end_all(const base::Deadline& deadline);

 private:
  using Choice = std::function<bool(pid_t)>;
  std::vector<pid_t> strays(const Choice& choice);
  std::vector<pid_t> end(const Choice& choice, const base::Deadline& deadline);
  [[nodiscard]] bool is_of(pid_t pid, const Kin& kin) const;

  bool was_subreaper_ = false;
  std::mutex mutex_;
  std::set<pid_t> before_;   ///< there when it was made
  std::set<pid_t> started_;  ///< and not yet waited for
};

/// The value that a variable had when the process's program was started (proc(5), environ); empty if it had
/// none, or if that may not be read.
std::string variable_of(pid_t pid, const std::string& name);

}  // namespace executor::track
