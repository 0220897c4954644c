// What a run is doing now: how far it is, what is running and for how long, when it will be done. It must not
// know where that is shown, nor what color it has there.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/deadline.h"
#include "executor/model/event.h"

namespace executor::report {

using base::TimePoint;
using std::chrono::milliseconds;

/// A case that is running.
struct RunningCase {
  std::string id;
  TimePoint since;
  std::string step;                ///< its text; empty while its first instances start
  model::SourceLocation location;  ///< of the step
  TimePoint step_since;
  std::size_t steps = 0;  ///< that have begun
  TimePoint told;         ///< when it was named as slow, or its begin
  bool is_slow = false;
};

class Progress {
 public:
  /// How long each case of the plan took before, by its index; the end is guessed from that.
  void expect(std::vector<std::optional<milliseconds>> durations) { expected_ = std::move(durations); }

  void take(const model::Event& event, TimePoint now);

  /// Cases that take long and have not been named for a while: first after 10 s (or three times as long as
  /// before), then each time that has doubled.
  std::vector<RunningCase> slow_ones(TimePoint now);

  /// Those that are running, the oldest first.
  [[nodiscard]] std::vector<RunningCase> running() const;
  /// Until the last case is over, from what the cases took before, or take now; nothing while too little is
  /// known.
  [[nodiscard]] std::optional<milliseconds> left(TimePoint now) const;

  /// All of it in lines, for who asks: each case that is running, its step, and since when. Cleaned of what a
  /// terminal would obey.
  [[nodiscard]] std::string text(TimePoint now) const;

  [[nodiscard]] std::size_t done() const { return done_; }
  /// Without those that were given up.
  [[nodiscard]] std::size_t red() const { return red_; }
  [[nodiscard]] std::size_t total() const { return total_; }
  [[nodiscard]] const std::string& preparing() const { return preparing_; }

 private:
  [[nodiscard]] std::optional<milliseconds> expected(std::size_t index) const {
    return index < expected_.size() ? expected_[index] : std::nullopt;
  }

  std::vector<std::optional<milliseconds>> expected_;
  std::map<std::size_t, RunningCase> running_;  ///< by their indexes in the plan
  std::size_t done_ = 0;
  std::size_t red_ = 0;
  std::size_t total_ = 0;
  std::optional<TimePoint> begun_;
  milliseconds spent_{0};           ///< in cases that are over
  milliseconds expected_total_{0};  ///< of all cases that are known
  std::size_t expected_count_ = 0;
  milliseconds expected_done_{0};  ///< of those that are over
  std::size_t expected_done_count_ = 0;
  std::string preparing_;
};

}  // namespace executor::report
