// The clock of a run: monotonic, and standing still while this process is stopped. It must not know what is
// timed on it.
#include "base/run_clock.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <limits>
#include <mutex>

namespace base {
namespace {

using namespace std::chrono_literals;
using Rep = RunClock::rep;

constexpr auto kBeat = 250ms;
/// From one beat to the next the clock goes on by this much at most.
constexpr Rep kLongestBeat = RunClock::duration(1s).count();
constexpr Rep kNoCap = std::numeric_limits<Rep>::max();

/// The clock shows `steady - still`, but never more than `cap`: a cap holds it from the moment at which the
/// process stops, before anybody could do anything about it.
struct State {
  std::atomic<Rep> still{0};
  std::atomic<Rep> cap{kNoCap};
  std::mutex mutex;  // guards the rest, and changes of the above
  bool stands = false;
  bool is_watched = false;
};

State& state() {
  static State only;
  return only;
}

Rep steady() {
  return std::chrono::steady_clock::now().time_since_epoch().count();
}

/// The cap is read first: with an older one the result is too small at worst.
Rep read(const State& clock) {
  const Rep cap = clock.cap.load();
  return std::min(cap, steady() - clock.still.load());
}

/// Continues from where the cap holds it. With the mutex held.
void take_up(State& clock) {
  const Rep ahead = steady() - clock.still - clock.cap;
  if (ahead > 0) clock.still += ahead;
  clock.cap = clock.is_watched ? steady() - clock.still + kLongestBeat : kNoCap;
}

void watch(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  while (!stop.stop_requested()) {
    never.wait_for(lock, stop, kBeat, [] { return false; });
    auto& clock = state();
    const std::lock_guard changing(clock.mutex);
    if (!clock.stands) take_up(clock);
  }
}

}  // namespace

RunClock::time_point RunClock::now() noexcept {
  return time_point(duration(read(state())));
}

void RunClock::stand_still() {
  auto& clock = state();
  const std::lock_guard lock(clock.mutex);
  clock.cap = read(clock);
  clock.stands = true;
}

void RunClock::go_on() {
  auto& clock = state();
  const std::lock_guard lock(clock.mutex);
  if (!clock.stands) return;
  clock.stands = false;
  take_up(clock);
}

StopWatcher::StopWatcher() {
  {
    auto& clock = state();
    const std::lock_guard lock(clock.mutex);
    clock.is_watched = true;
    if (!clock.stands) clock.cap = read(clock) + kLongestBeat;
  }
  thread_ = std::jthread([](const std::stop_token& stop) { watch(stop); });
}

StopWatcher::~StopWatcher() {
  thread_.request_stop();
  thread_.join();
  auto& clock = state();
  const std::lock_guard lock(clock.mutex);
  clock.is_watched = false;
  if (!clock.stands) take_up(clock);
}

}  // namespace base
