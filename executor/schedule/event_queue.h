// Events on their way from the threads that run cases to the one thread that shows them. It must not know
// what they mean.
#pragma once

#include <sys/eventfd.h>

#include <cstdint>
#include <deque>
#include <mutex>
#include <utility>

#include "base/fd.h"
#include "executor/model/event.h"

namespace executor::schedule {

/// Any thread posts; one thread waits for `fd` to be readable and drains.
class EventQueue {
 public:
  EventQueue() : fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

  void post(model::Event event) {
    {
      const std::lock_guard lock(mutex_);
      events_.push_back(std::move(event));
    }
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto n = ::write(fd_.get(), &one, sizeof one);
  }

  [[nodiscard]] int fd() const { return fd_.get(); }

  /// All that has been posted, in its order.
  std::deque<model::Event> drain() {
    std::uint64_t count = 0;
    [[maybe_unused]] const auto n = ::read(fd_.get(), &count, sizeof count);
    const std::lock_guard lock(mutex_);
    return std::exchange(events_, {});
  }

 private:
  base::Fd fd_;
  std::mutex mutex_;
  std::deque<model::Event> events_;
};

}  // namespace executor::schedule
