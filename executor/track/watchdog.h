// A process beside a run that outlives it where it dies, and removes what it had made. It must not know how.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <functional>
#include <memory>

#include "base/fd.h"
#include "executor/model/ids.h"

namespace executor::track {

/// Holds one end of a pipe, whose other end is the watchdog's: however this process dies, the kernel closes
/// it, and that is what wakes the watchdog. Until then it sleeps in one read(2).
class Watchdog {
 public:
  /// Forks. To be called before any thread is started and any library is used: the child is a copy of this
  /// process as it is now. The child is in a session of its own, so that no terminal's hang-up and no signal
  /// to our process group reaches it; it ignores the signals by which programs are asked to end, holds none
  /// of our descriptors, and is no orphan to a GitHub runner that looks for its own. When this process dies
  /// after watch() and without release(), it calls `clean_up` and ends. Blocks until the child is so far,
  /// well below a millisecond. Null if the system lets no process be made.
  static std::unique_ptr<Watchdog> start(const std::function<void(const model::RunId& run)>& clean_up);

  /// Where it is not needed: lets it end, and waits until it has. Else it goes on by itself.
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  /// From now on there may be something of this run. Writes to a pipe; does not block. SIGPIPE must be
  /// ignored.
  void watch(const model::RunId& run);
  /// Nothing is left of it any more.
  void release();

  [[nodiscard]] pid_t pid() const { return pid_; }

 private:
  Watchdog(pid_t pid, base::Fd pipe) : pid_(pid), pipe_(std::move(pipe)) {}
  void tell(const std::string& line) const;

  const pid_t pid_;
  base::Fd pipe_;
  std::atomic<bool> is_needed_{false};
};

}  // namespace executor::track
