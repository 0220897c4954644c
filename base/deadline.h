// Points in time up to which something may take, on the clock of the run. It must not know what is waited
// for.
#pragma once

#include <algorithm>
#include <chrono>

#include "base/run_clock.h"

namespace base {

using Clock = RunClock;
using TimePoint = Clock::time_point;
using std::chrono::milliseconds;

/// In whole milliseconds; what is left of one is dropped.
inline milliseconds between(TimePoint begin, TimePoint end) {
  return std::chrono::duration_cast<milliseconds>(end - begin);
}

/// A moment on the run's clock after which a wait ends; `never()` has none.
class Deadline {
 public:
  static Deadline never() { return Deadline(TimePoint::max()); }
  static Deadline at(TimePoint when) { return Deadline(when); }
  /// `span` from now; a span too long for the clock is never.
  template <class Rep, class Period>
  static Deadline in(std::chrono::duration<Rep, Period> span) {
    const auto now = Clock::now();
    if (span >= std::chrono::hours(24 * 365 * 100)) return never();
    return Deadline(now + std::chrono::duration_cast<Clock::duration>(span));
  }

  [[nodiscard]] TimePoint when() const { return when_; }
  [[nodiscard]] bool is_never() const { return when_ == TimePoint::max(); }
  [[nodiscard]] bool passed() const { return !is_never() && Clock::now() >= when_; }

  /// Time left, rounded up to whole milliseconds, at least 0. A century for `never()`.
  [[nodiscard]] milliseconds left() const {
    if (is_never()) return std::chrono::hours(24 * 365 * 100);
    return std::max(milliseconds(0), std::chrono::ceil<milliseconds>(when_ - Clock::now()));
  }
  /// The same for poll(2): -1 for `never()`, else at most a day.
  [[nodiscard]] int poll_timeout() const {
    if (is_never()) return -1;
    return static_cast<int>(std::min<milliseconds>(left(), std::chrono::hours(24)).count());
  }

  /// So much later.
  [[nodiscard]] Deadline extended(milliseconds span) const { return is_never() ? *this : at(when_ + span); }

  friend bool operator<(const Deadline& a, const Deadline& b) { return a.when_ < b.when_; }

 private:
  explicit Deadline(TimePoint when) : when_(when) {}
  TimePoint when_;
};

}  // namespace base
