// Everything that listens to a run: the record of its events, the console, and the reports at its end. It
// must not know how the run is done.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "executor/cli/run_options.h"
#include "executor/model/event.h"
#include "executor/report/console.h"
#include "executor/report/durations.h"
#include "executor/report/event_log.h"
#include "executor/report/in_order.h"

namespace executor::cli {

/// Whether the variable is set to something.
bool is_set(const char* variable);

/// How the console prints: as the options say, and as stdout, NO_COLOR and GITHUB_ACTIONS allow.
report::ConsoleOptions console_options(const RunArguments& run);

/// Writes the reports when the run is over, before the console's last lines.
class ReportsAtTheEnd : public model::EventSink {
 public:
  ReportsAtTheEnd(std::filesystem::path events, const RunArguments& run, report::ConsoleOptions console)
      : events_(std::move(events)), run_(run), console_(console) {}

  void on_event(const model::Event& event) override;

  /// Whether all that were wanted have been written.
  [[nodiscard]] bool all_written() const { return all_written_; }

 private:
  const std::filesystem::path events_;
  const RunArguments& run_;
  const report::ConsoleOptions console_;
  bool all_written_ = true;
};

/// One thread uses it.
class RunOutput {
 public:
  /// Begins the record, `events.jsonl` in the artifacts. `run` must outlive it. The error is a message.
  static tl::expected<std::unique_ptr<RunOutput>, std::string> open(const RunArguments& run);

  /// In the order in which each event is to be told.
  [[nodiscard]] std::vector<model::EventSink*> sinks() {
    return {&log_, &durations_, &reports_, &progress_, &in_order_};
  }
  /// How long cases took in earlier runs with the same artifacts.
  [[nodiscard]] const report::Durations& durations() const { return durations_; }
  /// The same by the plan's indexes, for the progress.
  void expect(std::vector<std::optional<std::chrono::milliseconds>> durations) {
    console_.expect(std::move(durations));
  }
  /// What is told of the plan, before the run's own events, goes here.
  [[nodiscard]] model::EventSink& plan_sink() { return log_; }

  /// Tells what runs now, for who asks with SIGUSR1.
  void answer();
  /// To be called every `tick_period` while the run goes on. `is_shown`: what was printed before has been
  /// written; else nothing is drawn that would be old before anybody sees it.
  void tick(bool is_shown) {
    if (is_shown) console_.tick();
  }
  [[nodiscard]] std::chrono::milliseconds tick_period() const { return console_.tick_period(); }

  /// Complains of what could not be kept or written; whether all was.
  [[nodiscard]] bool finish();

 private:
  RunOutput(const RunArguments& run, report::EventLog log);

  const std::filesystem::path events_;
  report::EventLog log_;
  report::Durations durations_;
  ReportsAtTheEnd reports_;
  report::Console console_;
  report::ConsoleProgress progress_{console_};
  report::InOrder in_order_{console_};
};

}  // namespace executor::cli
