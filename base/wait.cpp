// Waiting for a descriptor with a deadline and a stop token. It must not know what the descriptor carries.
#include "base/wait.h"

#include <poll.h>
#include <sys/eventfd.h>

#include <array>
#include <cerrno>
#include <cstdint>

#include "base/fd.h"

namespace base {
namespace {

// One a thread: a thread waits for one thing at a time, and making a descriptor for each wait would cost more
// than the wait itself on the path of a step.
int thread_eventfd() {
  thread_local const Fd fd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  return fd.get();
}

void drain(int eventfd) {
  std::uint64_t count = 0;
  [[maybe_unused]] const auto n = ::read(eventfd, &count, sizeof count);
}

}  // namespace

Waited wait_for(int fd, short events, const Deadline& deadline, const std::stop_token& stop) {
  if (stop.stop_requested()) return Waited::stopped;
  const int wake = stop.stop_possible() ? thread_eventfd() : -1;
  if (wake >= 0) drain(wake);
  const std::stop_callback on_stop(stop, [wake] {
    const std::uint64_t one = 1;
    if (wake >= 0) [[maybe_unused]]
      const auto n = ::write(wake, &one, sizeof one);
  });
  std::array<pollfd, 2> fds{{{fd, events, 0}, {wake, POLLIN, 0}}};
  while (true) {
    const int n = ::poll(fds.data(), fds.size(), deadline.poll_timeout());
    if (stop.stop_requested()) return Waited::stopped;
    if (n > 0 && fds[0].revents != 0) return Waited::ready;
    if (n < 0 && errno != EINTR) return Waited::ready;  // the read or write that follows names the error
    if (deadline.passed()) return Waited::timed_out;
  }
}

bool pause_for(milliseconds span, const std::stop_token& stop) {
  return wait_for(-1, 0, Deadline::in(span), stop) == Waited::timed_out;
}

}  // namespace base
