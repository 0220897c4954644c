// The main thread while a run goes on: it alone meets signals, the clock and the reporters.
#include "executor/cli/dispatcher.h"

#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "base/run_clock.h"

namespace executor::cli {
namespace {

bool is_last(const model::Event& event) {
  return std::holds_alternative<model::RunFinished>(event) || std::holds_alternative<model::RunFailed>(event);
}

class Dispatcher {
 public:
  Dispatcher(Signals& signals, schedule::EventQueue& events, schedule::Cancellation& cancellation,
             const DispatcherHooks& hooks)
      : signals_(signals),
        events_(events),
        cancellation_(cancellation),
        hooks_(hooks),
        output_(hooks.output) {}

  /// Until something has happened, or the next tick is due.
  void wait(const base::Deadline& run_deadline, const base::Deadline& next_tick) {
    std::array<pollfd, 3> fds{{{signals_.fd(), POLLIN, 0}, {events_.fd(), POLLIN, 0}, {output_, 0, 0}}};
    const bool cancelled = cancellation_.reason().has_value();
    ::poll(fds.data(), fds.size(),
           (cancelled ? next_tick : std::min(next_tick, run_deadline)).poll_timeout());
    if ((fds[2].revents & (POLLERR | POLLHUP)) != 0) {
      cancellation_.request("nobody reads the output any more");
      output_ = -1;  // it would be ready for ever
    }
    while (const auto signal = signals_.next()) meet(*signal);
    if (!cancelled && run_deadline.passed()) cancellation_.request("--run-timeout");
  }

  [[nodiscard]] std::optional<int> first_signal() const { return first_signal_; }

 private:
  void meet(int signal) {
    if (signal == SIGUSR1) return hooks_.on_question();
    if (signal == SIGTSTP) return stop_this_process();
    if (!first_signal_) first_signal_ = signal;
    if (++count_ == 1) cancellation_.request(signal_name(signal));
    if (count_ == 3) ::_exit(128 + signal);
    hooks_.on_signal();
  }

  Signals& signals_;
  schedule::EventQueue& events_;
  schedule::Cancellation& cancellation_;
  const DispatcherHooks& hooks_;
  int output_;
  std::optional<int> first_signal_;
  int count_ = 0;
};

}  // namespace

/// By SIGSTOP. The clock stands still before any other thread can look at it again.
void stop_this_process() {
  base::RunClock::stand_still();
  ::kill(::getpid(), SIGSTOP);
  base::RunClock::go_on();
}

std::optional<int> dispatch(Signals& signals, schedule::EventQueue& events,
                            const std::vector<model::EventSink*>& sinks, schedule::Cancellation& cancellation,
                            const base::Deadline& run_deadline, const DispatcherHooks& hooks) {
  Dispatcher dispatcher(signals, events, cancellation, hooks);
  auto next_tick = hooks.on_tick ? base::Deadline::in(hooks.tick_period) : base::Deadline::never();
  while (true) {
    dispatcher.wait(run_deadline, next_tick);
    bool over = false;
    for (const auto& event : events.drain()) {
      for (auto* sink : sinks) sink->on_event(event);
      over = over || is_last(event);
    }
    if (over) return dispatcher.first_signal();
    if (!hooks.on_tick || !next_tick.passed()) continue;
    hooks.on_tick();
    next_tick = base::Deadline::in(hooks.tick_period);
  }
}

}  // namespace executor::cli
