// std::cout and std::cerr while a run goes on: neither ever blocks the one who prints. It must not know what
// is printed.
#include "executor/cli/printed.h"

#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <iostream>

#include "executor/cli/dispatcher.h"
#include "executor/cli/setup.h"

namespace executor::cli {
namespace {

using namespace std::chrono_literals;

constexpr auto kReaderTime = 1s;
constexpr auto kLongestPatience = 3s;

bool lead_to_the_same(int a, int b) {
  struct stat one {};
  struct stat other {};
  return ::fstat(a, &one) == 0 && ::fstat(b, &other) == 0 && one.st_dev == other.st_dev &&
         one.st_ino == other.st_ino;
}

void take_away(int event) {
  std::uint64_t count = 0;
  [[maybe_unused]] const auto n = ::read(event, &count, sizeof count);
}

}  // namespace

Printed::Printed()
    : out_(STDOUT_FILENO),
      err_(lead_to_the_same(STDOUT_FILENO, STDERR_FILENO) ? nullptr
                                                          : std::make_unique<Outlet>(STDERR_FILENO)),
      before_out_(std::cout.flush().rdbuf(&out_)),
      before_err_(std::cerr.rdbuf(err_ ? err_.get() : &out_)) {}

Printed::~Printed() {
  std::cout.rdbuf(before_out_);
  std::cerr.rdbuf(before_err_);
}

/// Until a signal comes, or some of it has been written whole.
void Printed::wait(const Signals& signals, const base::Deadline& until) const {
  std::array<pollfd, 3> fds{{{signals.fd(), POLLIN, 0},
                             {out_.emptied_fd(), POLLIN, 0},
                             {err_ ? err_->emptied_fd() : -1, POLLIN, 0}}};
  ::poll(fds.data(), fds.size(), until.poll_timeout());
  take_away(out_.emptied_fd());
  if (err_) take_away(err_->emptied_fd());
}

/// Whether one came that ends a program.
bool Printed::meet_signals(Signals& signals, std::optional<int>& signal) {
  bool is_end = false;
  while (const auto next = signals.next()) {
    if (*next == SIGTSTP) stop_this_process();
    if (*next == SIGTSTP || *next == SIGUSR1) continue;
    signal = signal.value_or(*next);
    is_end = true;
  }
  return is_end;
}

std::size_t Printed::finish(Signals& signals, std::optional<int>& signal, const base::Deadline& deadline) {
  bool is_hurried = false;
  bool must_hurry = signal.has_value();
  auto end = base::Deadline::never();
  while (left() > 0) {
    if (!is_hurried && (must_hurry || deadline.passed())) {
      is_hurried = true;
      end = base::Deadline::in(kLongestPatience);
    }
    const auto before = written();
    wait(signals, is_hurried ? std::min(end, base::Deadline::in(kReaderTime)) : deadline);
    must_hurry = meet_signals(signals, signal) || must_hurry;
    if (is_hurried && (end.passed() || written() == before)) break;
  }
  return out_.left();
}

void Printed::finish_errors() const {
  const auto end = base::Deadline::in(kReaderTime);
  while (err_ && err_->left() > 0 && !end.passed()) {
    pollfd emptied{err_->emptied_fd(), POLLIN, 0};
    ::poll(&emptied, 1, end.poll_timeout());
    take_away(err_->emptied_fd());
  }
}

bool finish_printing(Printed& printed, Signals& signals, std::optional<int>& signal,
                     const base::Deadline& deadline) {
  const auto lost = printed.finish(signals, signal, deadline);
  if (lost == 0) return true;
  complain(fmt::format("nobody read stdout: its last {} bytes were given up", lost));
  printed.finish_errors();
  return false;
}

}  // namespace executor::cli
