// The main thread while a run goes on: it alone meets signals, the clock and the reporters.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <vector>

#include "base/deadline.h"
#include "executor/cli/signals.h"
#include "executor/model/event.h"
#include "executor/schedule/event_queue.h"
#include "executor/schedule/runner.h"

namespace executor::cli {

/// What SIGTSTP, which is blocked, asks for. The clock of the run stands still until the process goes on.
void stop_this_process();

struct DispatcherHooks {
  /// The first signal, and the second: end everything of the run in the engine, whatever the cases' threads
  /// do. Must not block.
  std::function<void()> on_signal;
  /// SIGUSR1: somebody wants to know what runs now.
  std::function<void()> on_question;
  /// A descriptor that the report goes to. Where nobody reads it any more, the run is cancelled. -1: none.
  int output = -1;
  /// Called about every `tick_period`, for what changes with time alone; may be empty.
  std::function<void()> on_tick = {};
  std::chrono::milliseconds tick_period{1000};
};

/// Hands every event to the sinks until the run is over, and turns signals, the run's deadline and the end of
/// the output's reader into a cancellation. Of SIGINT, SIGTERM and SIGHUP the first cancels and calls the
/// hook, the second calls it again, the third ends the process at once. SIGTSTP stops the process, and its
/// clock until it goes on. Returns the first signal, if one came.
std::optional<int> dispatch(Signals& signals, schedule::EventQueue& events,
                            const std::vector<model::EventSink*>& sinks, schedule::Cancellation& cancellation,
                            const base::Deadline& run_deadline, const DispatcherHooks& hooks);

}  // namespace executor::cli
