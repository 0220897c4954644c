// How many containers may be on their way to their start at a time. It must not know what they are.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>
#include <stop_token>
#include <utility>

#include "base/deadline.h"

namespace executor::instance {

/// Finds how much at a time gets most done, by trying: as long as a change brought more it goes on in that
/// direction, else it turns. Not thread-safe.
class ClimbingLimit {
 public:
  /// Begins at `first`, and stays within the bounds.
  ClimbingLimit(std::size_t least, std::size_t first, std::size_t most)
      : least_(least), most_(most), value_(first) {}

  [[nodiscard]] std::size_t value() const { return value_; }
  /// What the present value got done in a second.
  void learn(double rate);

 private:
  std::size_t least_;
  std::size_t most_;
  std::size_t value_;
  double last_rate_ = 0;
  bool is_growing_ = true;
};

/// Lets a number of callers through at a time: about twice the engine's processors to begin with, then what
/// brings the most starts a second. Thread-safe.
class StartGate {
 public:
  /// For an engine of one processor or two, until it is known how many it has.
  StartGate() { know_cpus(0); }
  /// Begins anew with so many processors of the engine; 0 if they are not known.
  void know_cpus(std::size_t cpus);

  /// One that was let through, until destroyed.
  class Pass {
   public:
    explicit Pass(StartGate& gate) : gate_(&gate) {}
    Pass(Pass&& other) noexcept : gate_(std::exchange(other.gate_, nullptr)) {}
    Pass& operator=(Pass&&) = delete;
    ~Pass() {
      if (gate_ != nullptr) gate_->leave();
    }

   private:
    StartGate* gate_;
  };

  /// Blocks until there is room; nothing if `deadline` passes or `stop` is requested before.
  std::optional<Pass> enter(const base::Deadline& deadline, const std::stop_token& stop);

 private:
  void leave();

  std::mutex mutex_;  // guards what follows
  std::condition_variable_any changed_;
  ClimbingLimit limit_{1, 1, 1};
  std::size_t inside_ = 0;
  std::size_t waiting_ = 0;
  std::size_t done_ = 0;  ///< in the present measurement
  base::TimePoint since_;
};

}  // namespace executor::instance
