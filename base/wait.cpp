// Waiting for a descriptor with a deadline and a stop token. It must not know what the descriptor carries.
#include "base/wait.h"

#include <sys/eventfd.h>

#include <algorithm>
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

Waited poll_any(std::span<pollfd> fds, const Deadline& deadline, const std::stop_token& stop) {
  while (true) {
    const int n = ::poll(fds.data(), fds.size(), deadline.poll_timeout());
    if (stop.stop_requested()) return Waited::stopped;
    if (n > 0) return Waited::ready;
    if (n < 0 && errno != EINTR) return Waited::ready;  // the read or write that follows names the error
    if (deadline.passed()) return Waited::timed_out;
  }
}

}  // namespace

Waited wait_for_any(std::span<pollfd> fds, const Deadline& deadline, const std::stop_token& stop) {
  if (stop.stop_requested()) return Waited::stopped;
  if (!stop.stop_possible()) return poll_any(fds, deadline, stop);
  std::array<pollfd, kMostAtOnce + 1> all;
  const auto last = std::copy(fds.begin(), fds.end(), all.begin());
  const int wake = thread_eventfd();
  *last = {wake, POLLIN, 0};
  Waited waited{};
  {
    const std::stop_callback on_stop(stop, [wake] {
      const std::uint64_t one = 1;
      [[maybe_unused]] const auto n = ::write(wake, &one, sizeof one);
    });
    waited = poll_any({all.begin(), last + 1}, deadline, stop);
  }
  // The callback has run, or will not: what it wrote must not wake the next wait.
  if (stop.stop_requested()) drain(wake);
  std::copy(all.begin(), last, fds.begin());
  return waited;
}

Waited wait_for(int fd, short events, const Deadline& deadline, const std::stop_token& stop) {
  std::array<pollfd, 1> fds{{{fd, events, 0}}};
  return wait_for_any(fds, deadline, stop);
}

bool pause_for(milliseconds span, const std::stop_token& stop) {
  return wait_for(-1, 0, Deadline::in(span), stop) == Waited::timed_out;
}

}  // namespace base
