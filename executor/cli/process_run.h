// A run of host processes on a thread of its own: cases and clean-up, without any engine. What it has to tell
// goes into an event queue.
#pragma once

#include <filesystem>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "executor/config/config.h"
#include "executor/plan/plan.h"
#include "executor/schedule/event_queue.h"
#include "executor/schedule/options.h"
#include "executor/schedule/runner.h"
#include "executor/track/children.h"
#include "executor/track/host_run.h"
#include "executor/track/watchdog.h"

namespace executor::cli {

/// Starts in the constructor; the last event it posts is RunFinished or RunFailed. All that it is given must
/// outlive it.
class ProcessRun {
 public:
  /// Every platform of the plan must have a command. `root` is the folder that servers run in.
  ProcessRun(const plan::Plan& plan, std::filesystem::path root, const schedule::Options& options,
             model::RunId run, track::Watchdog* watchdog, schedule::Cancellation& cancellation,
             schedule::EventQueue& events);
  /// Waits for its end.
  ~ProcessRun();
  ProcessRun(const ProcessRun&) = delete;
  ProcessRun& operator=(const ProcessRun&) = delete;

  /// Kills every process that was started. Does not block.
  void remove_all_now();

 private:
  void work();
  void run_cases();
  void run_cases_in(const track::HostRunFolder& folder);
  void sweep();
  [[nodiscard]] model::RunStarted started(const std::string& limits) const;
  void finish(std::vector<std::string> left);

  const plan::Plan& plan_;
  const std::filesystem::path root_;
  const schedule::Options& options_;
  const model::RunId run_;
  track::Watchdog* const watchdog_;  ///< may be null
  schedule::Cancellation& cancellation_;
  schedule::EventQueue& events_;
  const base::TimePoint begin_;
  track::Children children_;
  std::thread thread_;
};

/// The platforms of the plan that say no `process`, a sentence each: with its place in the config and what to
/// do.
std::vector<std::string> platforms_without_process(const plan::Plan& plan, const config::Config& config);

}  // namespace executor::cli
