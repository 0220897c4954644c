// The clock of a run: monotonic, and standing still while this process is stopped. It must not know what is
// timed on it.
#pragma once

#include <chrono>
#include <stop_token>
#include <thread>

namespace base {

/// A clock in the sense of the standard library, one for the process. It goes with steady_clock, but for the
/// spans that it stood still. Thread-safe, and it never goes backwards.
class RunClock {
 public:
  using duration = std::chrono::steady_clock::duration;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<RunClock>;
  static constexpr bool is_steady = false;  // it stands still at times

  static time_point now() noexcept;

  /// It stands still from now on, until go_on(). Neither counts its calls.
  static void stand_still();
  static void go_on();
};

/// While one lives, the clock also stands still where nobody said so: a process that SIGSTOP stops is not
/// asked before. A thread looks at the time four times a second; where it finds more than a second gone, the
/// process was not running, and all but that second counts for nothing. At most one at a time.
class StopWatcher {
 public:
  StopWatcher();
  StopWatcher(const StopWatcher&) = delete;
  StopWatcher& operator=(const StopWatcher&) = delete;
  ~StopWatcher();

 private:
  std::jthread thread_;
};

}  // namespace base
