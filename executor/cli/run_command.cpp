// `cexec run`: config, features and plan, and then the run itself. Nothing is started before all of them are
// known to be right.
#include "executor/cli/run_command.h"

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <thread>

#include "base/random.h"
#include "base/run_clock.h"
#include "executor/bundle/recorder.h"
#include "executor/cli/aftermath.h"
#include "executor/cli/artifacts_folder.h"
#include "executor/cli/bundle_sources.h"
#include "executor/cli/container_run.h"
#include "executor/cli/dispatcher.h"
#include "executor/cli/dry_run.h"
#include "executor/cli/plan_events.h"
#include "executor/cli/preparation.h"
#include "executor/cli/printed.h"
#include "executor/cli/process_run.h"
#include "executor/cli/run_output.h"
#include "executor/cli/setup.h"
#include "executor/schedule/order.h"

namespace executor::cli {
namespace {

/// Counts what the exit code depends on.
class Tally : public model::EventSink {
 public:
  explicit Tally(bool flaky_fails) : flaky_fails_(flaky_fails) {}

  void on_event(const model::Event& event) override {
    if (const auto* finished = std::get_if<model::CaseFinished>(&event)) {
      const auto category = model::category_of(finished->report.outcome);
      if (category == model::Category::failed) ++failed_;
      if (flaky_fails_ && finished->report.is_flaky()) ++failed_;
      if (category == model::Category::could_not_run) ++could_not_run_;
    }
    has_started_ = has_started_ || std::holds_alternative<model::RunStarted>(event);
    if (std::holds_alternative<model::RunFailed>(event)) is_clean_ = !has_started_;
    if (const auto* over = std::get_if<model::RunFinished>(&event)) {
      is_clean_ = over->left_behind && over->left_behind->empty();
    }
  }

  /// Whether the engine has shown that nothing is left, or nothing was made.
  [[nodiscard]] bool is_clean() const { return is_clean_; }

  [[nodiscard]] ExitCode exit_code(std::optional<int> signal) const {
    if (signal) return static_cast<ExitCode>(128 + *signal);  // one of three, each of which has its code
    if (failed_ > 0) return ExitCode::some_failed;
    return could_not_run_ > 0 || !has_started_ || !is_clean_ ? ExitCode::could_not_run : ExitCode::all_passed;
  }

 private:
  const bool flaky_fails_;
  std::size_t failed_ = 0;
  std::size_t could_not_run_ = 0;
  bool has_started_ = false;
  bool is_clean_ = false;
};

/// What a command that runs one case of this run again begins with.
std::string rerun_prefix(const RunArguments& run, config::Mode mode, const std::string& program) {
  std::string text = program;
  if (mode == config::Mode::process_parallel) text += " --parallel";
  if (mode == config::Mode::container_seq) text += " --container-seq";
  if (mode == config::Mode::container_par) text += " --container-par";
  const auto add_time = [&text](const char* option, const std::optional<milliseconds>& span) {
    if (span) text += fmt::format(" {} {}ms", option, span->count());
  };
  if (!run.config.empty()) text += " --config " + run.config;
  add_time("--timeout", run.timeout);
  add_time("--step-timeout", run.step_timeout);
  add_time("--start-timeout", run.start_timeout);
  if (run.memory) text += fmt::format(" --memory {}", *run.memory);
  if (run.nano_cpus) text += fmt::format(" --cpus {}", static_cast<double>(*run.nano_cpus) / 1e9);
  if (run.pids) text += fmt::format(" --pids {}", *run.pids);
  if (run.no_limits) text += " --no-limits";
  return text;
}

std::size_t default_workers() {
  return std::max(2U, std::thread::hardware_concurrency()) - 1;
}

/// As many instances as there are processors, but those of one case at least: more of them only get in each
/// other's way. Without any mode nothing of another case lives beside a case: on one machine servers may do
/// so already when they start.
std::size_t default_provision_ahead(config::Mode mode, const plan::Plan& plan) {
  if (mode == config::Mode::process) return 0;
  std::size_t most_of_a_case = 1;
  for (const auto& one : plan.cases) most_of_a_case = std::max(most_of_a_case, one.platforms.size());
  return std::max<std::size_t>(1, std::thread::hardware_concurrency() / most_of_a_case);
}

schedule::Options schedule_options(const RunArguments& run, config::Mode mode, const plan::Plan& plan,
                                   const std::string& program) {
  schedule::Options options;
  const bool is_parallel = mode == config::Mode::container_par || mode == config::Mode::process_parallel;
  if (is_parallel) options.workers = run.max_workers.value_or(default_workers());
  options.provision_ahead = run.provision_ahead.value_or(default_provision_ahead(mode, plan));
  options.isolation = run.isolation.value_or(options.isolation);
  options.step_timeout = run.step_timeout.value_or(options.step_timeout);
  options.start_timeout = run.start_timeout.value_or(options.start_timeout);
  options.case_timeout = run.timeout;
  options.limits = {run.no_limits, run.memory, run.nano_cpus, run.pids};
  options.max_fail = run.max_fail;
  options.artifacts = run.artifacts;
  options.rerun = rerun_prefix(run, mode, program);
  // Where the machine that ran it is gone when somebody reads it, the bundle is what there is to run again.
  if (is_set("CI") || is_set("GITHUB_ACTIONS")) options.replay = "cexec replay";
  options.retries.count = run.retries;
  options.bundles = !is_of_processes(mode);
  return options;
}

/// By the plan's indexes; empty if nothing is known.
schedule::KnownDurations known_durations(const plan::Plan& plan, const report::Durations& durations) {
  schedule::KnownDurations known;
  if (durations.empty()) return known;
  known.reserve(plan.cases.size());
  std::string id;
  for (const auto& one : plan.cases) {
    id.clear();
    one.append_id(id);
    known.push_back(durations.of(id));
  }
  return known;
}

/// Where several execute at a time. An instance that is used again wants the cases of a feature together.
bool is_longest_first(config::Mode mode, const schedule::Options& options) {
  const bool is_parallel = mode == config::Mode::container_par || mode == config::Mode::process_parallel;
  return is_parallel && options.isolation == schedule::Isolation::each_case;
}

/// False if the plan cannot be run in that mode; it has been said why.
bool check_mode(config::Mode mode, const Preparation& prepared) {
  if (!is_of_processes(mode)) return true;
  const auto wrong = platforms_without_process(prepared.plan, prepared.config);
  for (const auto& message : wrong) complain(message);
  return wrong.empty();
}

/// As its option is called.
std::string name_of(config::Mode mode) {
  switch (mode) {
    case config::Mode::process: return "process";
    case config::Mode::process_parallel: return "parallel";
    case config::Mode::container_seq: return "container-seq";
    case config::Mode::container_par: return "container-par";
  }
  return {};
}

/// The run itself, in either kind of mode: on a thread of its own.
class Run {
 public:
  Run(const Preparation& prepared, config::Mode mode, const schedule::Options& options,
      const model::RunId& id, track::Watchdog* watchdog, schedule::Cancellation& cancellation,
      schedule::EventQueue& events) {
    if (is_of_processes(mode)) {
      processes_.emplace(prepared.plan, prepared.config.root, options, id, watchdog, cancellation, events);
    } else {
      RunParts parts{project_images(prepared.plan, prepared.config.root)};
      containers_.emplace(prepared.plan, std::move(parts), options, id, watchdog, cancellation, events);
    }
  }
  void remove_all_now() {
    if (processes_) processes_->remove_all_now();
    if (containers_) containers_->remove_all_now();
  }

 private:
  std::optional<ProcessRun> processes_;
  std::optional<ContainerRun> containers_;
};

ExitCode run_plan(const Preparation& prepared, config::Mode mode, const std::string& program,
                  track::Watchdog* watchdog) {
  const auto& run = prepared.arguments.run;
  const model::RunId id(base::random_uuid());
  auto options = schedule_options(run, mode, prepared.plan, program);
  Signals signals;  // before any thread
  const auto artifacts = ArtifactsFolder::prepare(options.artifacts, id);
  if (!artifacts) {
    complain("--artifacts " + artifacts.error());
    return ExitCode::bad_input;
  }
  const auto output = RunOutput::open(run);
  if (!output) {
    complain("--artifacts " + output.error());
    return ExitCode::bad_input;
  }
  auto known = known_durations(prepared.plan, (*output)->durations());
  if (is_longest_first(mode, options)) options.order = schedule::longest_first(known);
  (*output)->expect(std::move(known));
  Printed printed;                       // before anything that prints
  const base::StopWatcher stop_watcher;  // as long as there are deadlines
  if (watchdog == nullptr)
    complain("warning: no watchdog could be started: if cexec is killed, `cexec cleanup` helps");
  for (const auto& note : take_notes()) complain("warning: " + note);
  schedule::EventQueue events;
  schedule::Cancellation cancellation;
  Tally tally(run.flaky_fails);
  bundle::Recorder recorder(prepared.config, prepared.plan, options, bundle_sources(run.save_images));
  Run at_work(prepared, mode, options, id, watchdog, cancellation, events);
  // The first servers are on their way meanwhile.
  tell_plan(prepared, id, name_of(mode), (*output)->plan_sink());
  const auto deadline = run.run_timeout ? base::Deadline::in(*run.run_timeout) : base::Deadline::never();
  auto sinks = (*output)->sinks();
  sinks.insert(sinks.end(), {&recorder, &tally});
  auto signal =
      dispatch(signals, events, sinks, cancellation, deadline,
               {[&at_work] { at_work.remove_all_now(); }, [&output] { (*output)->answer(); }, STDOUT_FILENO,
                [&] { (*output)->tick(!printed.is_behind()); }, (*output)->tick_period()});
  for (const auto& problem : recorder.finish()) complain("warning: " + problem);
  if (const auto problem = (*artifacts)->finish(); !problem.empty())
    complain("warning: what an earlier run left could not be removed: " + problem);
  // What the engine shows no more needs nobody to remove it; anything else is the watchdog's to go on with.
  if (watchdog != nullptr && tally.is_clean()) watchdog->release();
  const bool is_kept = (*output)->finish();
  const bool is_read = finish_printing(printed, signals, signal, deadline);
  const auto code = tally.exit_code(signal);
  return code == ExitCode::all_passed && !(is_kept && is_read) ? ExitCode::could_not_run : code;
}

}  // namespace

ExitCode run_command(const std::vector<std::string>& words, const Arguments& arguments,
                     const std::string& program, track::Watchdog* watchdog) {
  const auto prepared = prepare(words, arguments);
  if (!prepared) return prepared.error();
  const auto& run = (*prepared)->arguments.run;
  const auto mode = mode_of(run, (*prepared)->config);
  if (!check_mode(mode, **prepared)) return ExitCode::bad_input;
  return run.dry_run ? dry_run(**prepared, mode) : run_plan(**prepared, mode, program, watchdog);
}

}  // namespace executor::cli
