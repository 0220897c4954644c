// One case, from its first container to its last: what it shares, its actors, how it ends, and the evidence.
// It must not know of any other case.
#pragma once

#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/latch.h"
#include "executor/instance/site.h"
#include "executor/model/event.h"
#include "executor/plan/plan.h"
#include "executor/schedule/actor.h"
#include "executor/schedule/event_queue.h"
#include "executor/schedule/options.h"
#include "executor/schedule/reuse.h"
#include "executor/schedule/step_runner.h"

namespace executor::schedule {

/// Runs one case in three parts, each on the thread that calls it: what can be got ready before its turn, its
/// turn, and the removal of what is left, which nobody needs to wait for.
class CaseRunner {
 public:
  /// All must outlive it. `index` is the case's in the plan, for the events that tell of its steps. Each
  /// `attempt`, from 1, keeps its evidence in a folder of its own.
  CaseRunner(const plan::Case& planned, std::size_t index, const Options& options,
             instance::SiteFactory& sites, Reuse& reuse, const model::RunId& run, std::stop_token stop,
             EventQueue& events, std::size_t attempt = 1);
  /// Removes what is left, if `dispose` has not.
  ~CaseRunner();
  CaseRunner(const CaseRunner&) = delete;
  CaseRunner& operator=(const CaseRunner&) = delete;

  /// The case is going to be got ready by `provision`, on another thread: its turn waits for that.
  void expect_provision() { ready_.emplace(); }
  /// Makes what the case shares, and starts the servers whose start no step can tell from a later one. Blocks
  /// to the start timeout. Whatever goes wrong is told at the case's turn.
  void provision();

  /// The case's turn: its steps, and the orderly end of its servers. Blocks until all of it is over.
  void execute();
  /// In the place of `execute`: the run was cancelled before the case's turn.
  void give_up();
  [[nodiscard]] const model::CaseId& id() const { return report_.id; }
  /// How it ended, once `execute` is over.
  [[nodiscard]] const model::Outcome& outcome() const { return report_.outcome; }

  /// Removes all of the case from the engine, and hands out the report. Blocks for the engine, for minutes
  /// if that is broken; ignores any cancellation.
  model::CaseReport dispose();

  /// What earlier attempts at the case came to, for its report.
  void set_earlier_attempts(std::vector<model::CaseReport> attempts) {
    report_.earlier_attempts = std::move(attempts);
  }

  /// `execute` and `dispose` in one.
  model::CaseReport run();
  /// The report of a case that is given up before its turn; removes what was got ready.
  model::CaseReport not_run(const std::string& reason);

 private:
  void tell_of_failure();
  void name_bundle();
  void open_artifacts();
  void open_site(const base::Deadline& deadline, const std::stop_token& stop);
  [[nodiscard]] bool can_be_reused() const;
  bool take_over(const base::Deadline& deadline, const std::stop_token& stop);
  bool hand_over();
  void make_actors();
  void start_ahead();
  void run_steps();
  void stop_all();
  void decide(model::Outcome outcome, std::optional<std::size_t> step, const model::ProcessName& process);
  void await_provision();
  void fill_report();

  const plan::Case& case_;
  const plan::Scenario& scenario_;
  const std::size_t index_;
  const std::size_t attempt_;
  const Options& options_;
  instance::SiteFactory& sites_;
  Reuse& reuse_;
  EventQueue& events_;
  const base::TimePoint begin_;
  std::stop_source provision_stop_;  ///< the case's time is up: nothing of it needs to get ready any more
  std::optional<base::Latch<bool>> ready_;
  std::filesystem::path folder_;
  std::shared_ptr<instance::Transcript> transcript_;
  std::unique_ptr<instance::Site> site_;
  std::optional<instance::Error> site_error_;
  std::vector<Ensemble> to_end_;  ///< that went out of use with this case
  std::vector<Actor> actors_;     // behind the site: servers go before it
  model::CaseReport report_;
  Running running_;
};

/// A name for the case's folder: what a path, an archive or an upload might trip over is replaced.
std::string folder_name(const model::CaseId& id);

/// Where the bundle of a case lies that did not pass: `<artifacts>/bundles/<folder>.cexec.tar.zst`.
std::filesystem::path bundle_path(const Options& options, const plan::Case& planned);

}  // namespace executor::schedule
