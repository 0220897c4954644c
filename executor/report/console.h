// What a run prints: each case as it ends, what is running now, failures with their evidence, and the two
// last lines that scripts read. Knows events only.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <ostream>
#include <sstream>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "executor/model/event.h"
#include "executor/report/cause.h"
#include "executor/report/failure_printer.h"
#include "executor/report/live_area.h"
#include "executor/report/progress.h"

namespace executor::report {

struct ConsoleOptions {
  enum class Detail { quiet, normal, verbose };
  Detail detail = Detail::normal;
  bool color = false;
  bool github_actions = false;  ///< the output is read by a GitHub Actions runner, which obeys commands in it
  bool show_tags = false;       ///< below each case
  bool is_replay = false;       ///< of a run that is over
  bool groups = false;          ///< GitHub Actions: everything about a case in a group that can be opened
  /// The terminal's width; empty: no terminal, or no progress wanted.
  std::function<std::size_t()> columns;
  std::function<TimePoint()> now = base::Clock::now;
};

/// Whatever comes from a container or a feature file is cleaned: no control sequence, no bidirectional trick
/// and no workflow command gets through. Where there is no terminal, only lines are printed. Memory holds the
/// reports of some failures, the first of each cause, and a number for each other one.
class Console : public model::EventSink {
 public:
  /// `out` must outlive it.
  Console(std::ostream& out, ConsoleOptions options);

  void on_event(const model::Event& event) override;

  /// What the progress is to show, told at once even where results wait for their turn to be printed.
  void note_progress(const model::Event& event) { progress_.take(event, options_.now()); }
  /// How long each case of the plan took before, by its index.
  void expect(std::vector<std::optional<milliseconds>> durations) { progress_.expect(std::move(durations)); }

  /// To be called again and again while nothing happens: draws what is running, and names slow cases.
  void tick();
  /// Somebody wants to know what runs now: tells it above the progress, or, where none is shown, on `other`.
  void answer(std::ostream& other);
  /// How often.
  [[nodiscard]] milliseconds tick_period() const { return milliseconds(live_ ? 100 : 1000); }

 private:
  void print(const model::RunPlanned&) {}
  void print(const model::FeatureSource&) {}
  void print(const model::ScenarioPlanned&) {}
  void print(const model::Preparing& event);
  void print(const model::RunStarted& event);
  void print(const model::CaseStarted&) {}
  void print(const model::StepStarted&) {}
  void print(const model::CaseFinished& event);
  void print(const model::Swept& event);
  void print(const model::EngineAbsence& event);
  void print(const model::RunFailed& event);
  void print(const model::RunFinished& event);

  void print_case_line(const model::CaseReport& report, std::string_view prefix = {});
  void print_group(const model::CaseReport& report);
  void keep(const model::CaseReport& report);
  void print_failures();
  void print_others(const Cause& cause);
  void print_causes(const std::vector<Cause>& causes);
  void print_totals(const model::RunFinished& event);
  void print_slow(TimePoint now);
  void put_out(TimePoint now);
  [[nodiscard]] std::vector<std::string> area(TimePoint now) const;

  std::ostream& sink_;
  const ConsoleOptions options_;
  std::ostringstream out_;  ///< what one event prints
  FailurePrinter printer_;
  Progress progress_;
  std::unique_ptr<LiveArea> live_;
  TimePoint drawn_;
  bool is_over_ = false;
  std::map<model::Category, std::size_t> counts_;
  std::size_t flaky_ = 0;
  std::size_t cancelled_ = 0;
  std::size_t cases_ = 0;
  CauseFinder causes_;
  std::vector<std::pair<model::Outcome, std::string>> red_;  ///< in short, and the case's id
  std::map<std::size_t, model::CaseReport> kept_;            ///< by the place in red_
};

/// Tells the console's progress of each event.
class ConsoleProgress : public model::EventSink {
 public:
  /// `console` must outlive it.
  explicit ConsoleProgress(Console& console) : console_(console) {}
  void on_event(const model::Event& event) override { console_.note_progress(event); }

 private:
  Console& console_;
};

}  // namespace executor::report
