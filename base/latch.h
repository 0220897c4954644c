// Something that happens once, and waiting for it with a deadline and a stop token. It must not know what it
// is.
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <stop_token>
#include <utility>

#include "base/deadline.h"

namespace base {

/// Holds a value once it is set; any number of threads may wait for it, as often as they like.
template <class T>
class Latch {
 public:
  /// Only the first call counts.
  void set(T value) {
    {
      const std::lock_guard lock(mutex_);
      if (value_) return;
      value_.emplace(std::move(value));
    }
    changed_.notify_all();
  }

  /// The value, if it is set.
  [[nodiscard]] std::optional<T> get() const {
    const std::lock_guard lock(mutex_);
    return value_;
  }

  /// Blocks until it is set, `deadline` passes or `stop` is requested; nothing in the last two cases.
  std::optional<T> wait(const Deadline& deadline, const std::stop_token& stop) const {
    std::unique_lock lock(mutex_);
    const auto is_set = [this] { return value_.has_value(); };
    if (deadline.is_never()) {
      changed_.wait(lock, stop, is_set);
    } else {
      changed_.wait_until(lock, stop, deadline.when(), is_set);
    }
    return value_;
  }

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable_any changed_;
  std::optional<T> value_;
};

}  // namespace base
