// How a step waits for what another process does: it looks again until the time is up.
// It must not know what is waited for.
#pragma once

#include <atomic>
#include <chrono>
#include <exception>
#include <functional>
#include <string>
#include <thread>

#include "cexec_kit.h"

/// No format has a signal, so who waits looks again after this long.
inline constexpr std::chrono::milliseconds kLookEvery{1};

/// How long a step may wait: 5 s, or less so that it fails by itself before cexec gives up.
std::chrono::milliseconds patience(const cexec_kit::World& world);

/// Looks at `condition` until it holds (true) or patience ends (false).
bool wait_until(const cexec_kit::World& world, const std::function<bool()>& condition);

/// One piece of work that goes on while the case does: a step starts it, a later one ends it.
class Background {
 public:
  ~Background() { stop(); }

  /// Runs `work`, which calls pause() wherever it waits for another process, in a thread.
  void start(std::function<void()> work);

  /// Sleeps a moment; throws when the case is over.
  void pause() const;

  /// Waits for the work and passes on its error; fails with `problem` if it takes too long.
  void finish(const cexec_kit::World& world, const std::string& problem);

  /// Makes the next pause() throw and waits for the work to end.
  void stop();

 private:
  std::thread thread_;
  std::atomic<bool> stopping_ = false;
  std::atomic<bool> done_ = false;
  std::exception_ptr error_;  // read only when done_
};
