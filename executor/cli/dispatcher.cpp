// The main thread while a run goes on: it alone meets signals, the clock and the reporters.
#include "executor/cli/dispatcher.h"

#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <array>

namespace executor::cli {
namespace {

bool is_last(const model::Event& event) {
  return std::holds_alternative<model::RunFinished>(event) || std::holds_alternative<model::RunFailed>(event);
}

}  // namespace

std::optional<int> dispatch(Signals& signals, schedule::EventQueue& events,
                            const std::vector<model::EventSink*>& sinks, schedule::Cancellation& cancellation,
                            const base::Deadline& run_deadline, const DispatcherHooks& hooks) {
  std::optional<int> first_signal;
  int signal_count = 0;
  while (true) {
    std::array<pollfd, 2> fds{{{signals.fd(), POLLIN, 0}, {events.fd(), POLLIN, 0}}};
    const bool cancelled = cancellation.reason().has_value();
    ::poll(fds.data(), fds.size(), cancelled ? -1 : run_deadline.poll_timeout());
    while (const auto signal = signals.next()) {
      if (!first_signal) first_signal = signal;
      if (++signal_count == 1) cancellation.request(*signal == SIGINT ? "SIGINT" : "SIGTERM");
      if (signal_count == 2) hooks.on_second_signal();
      if (signal_count == 3) ::_exit(128 + *signal);
    }
    if (!cancelled && run_deadline.passed()) cancellation.request("--run-timeout");
    bool over = false;
    for (const auto& event : events.drain()) {
      for (auto* sink : sinks) sink->on_event(event);
      over = over || is_last(event);
    }
    if (over) return first_signal;
  }
}

}  // namespace executor::cli
