// A queue between threads whose receiver waits with a deadline and a stop token. It must not know its
// letters.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <stop_token>
#include <utility>

#include "base/deadline.h"

namespace base {

/// Unbounded queue of `T`, safe for any number of senders and receivers. What bounds it is its use: senders
/// put in only what somebody asked for.
template <class T>
class Mailbox {
 public:
  void send(T letter) {
    {
      const std::lock_guard lock(mutex_);
      letters_.push_back(std::move(letter));
    }
    changed_.notify_one();
  }

  [[nodiscard]] bool empty() const {
    const std::lock_guard lock(mutex_);
    return letters_.empty();
  }

  /// Blocks until a letter is there, `deadline` passes or `stop` is requested. A letter that is already there
  /// is given out even after the deadline. Empty: `stop.stop_requested()` tells which of the two it was.
  std::optional<T> receive(const Deadline& deadline, const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    const auto here = [this] { return !letters_.empty(); };
    if (deadline.is_never()) {
      changed_.wait(lock, stop, here);
    } else {
      changed_.wait_until(lock, stop, deadline.when(), here);
    }
    if (letters_.empty()) return std::nullopt;
    std::optional<T> letter(std::move(letters_.front()));
    letters_.pop_front();
    return letter;
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<T> letters_;
};

}  // namespace base
