// One case, from its first container to its last: what its steps do, how it ends, and the evidence. It must
// not know of any other case.
#pragma once

#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "executor/instance/instance.h"
#include "executor/instance/site.h"
#include "executor/model/event.h"
#include "executor/plan/plan.h"
#include "executor/schedule/event_queue.h"
#include "executor/schedule/options.h"

namespace executor::schedule {

/// Runs one case on the calling thread.
class CaseRunner {
 public:
  /// All must outlive it. `index` is the case's in the plan, for the events that tell of its steps.
  CaseRunner(const plan::Case& planned, std::size_t index, const Options& options,
             instance::SiteFactory& sites, const model::RunId& run, std::stop_token stop, EventQueue& events);
  ~CaseRunner();
  CaseRunner(const CaseRunner&) = delete;
  CaseRunner& operator=(const CaseRunner&) = delete;

  /// Blocks until the case is over and nothing of it is left in the engine.
  model::CaseReport run();

  /// The report of a case that is given up before it begins.
  model::CaseReport not_run(const std::string& reason);

 private:
  /// One process of the case.
  struct Actor {
    model::ProcessName name;
    const config::Platform* platform = nullptr;
    std::unique_ptr<instance::Log> log;
    std::unique_ptr<instance::Instance> live;  ///< null: not running
    bool was_started = false;
    std::optional<instance::Exit> last_exit;  ///< of the last one that ended
    std::string gone;                         ///< how it came not to be running: "was stopped in line 12"
  };

  void open_artifacts();
  void run_steps();
  model::Outcome run_step(const plan::Step& step);
  model::Outcome run_server_step(const plan::Step& step, Actor& actor);
  model::Outcome run_built_in(const plan::Step& step, Actor& actor);
  model::Outcome check_exit(const plan::Step& step, Actor& actor);
  [[nodiscard]] model::Outcome compare_exit(const plan::Step& step, const Actor& actor) const;

  model::Outcome start(Actor& actor);
  model::Outcome stop_orderly(Actor& actor);
  void retire(Actor& actor, std::string gone);
  void stop_all();
  void close_site();

  [[nodiscard]] instance::StepLimit step_limit() const;
  [[nodiscard]] instance::StepCall step_call(const plan::Step& step, const Actor& actor,
                                             const instance::StepLimit& limit) const;
  [[nodiscard]] bool exit_is_expected_after(const plan::Step& step) const;
  model::Outcome could_not_run(const instance::Error& error);
  void decide(model::Outcome outcome, std::optional<std::size_t> step, const model::ProcessName& process);
  void fill_report();

  const plan::Case& case_;
  const plan::Scenario& scenario_;
  const std::size_t index_;
  const Options& options_;
  instance::SiteFactory& sites_;
  const model::RunId& run_;
  const std::stop_token stop_;
  EventQueue& events_;
  const base::TimePoint begin_;
  base::Deadline deadline_ = base::Deadline::never();
  milliseconds limit_{0};
  std::filesystem::path folder_;
  std::unique_ptr<instance::Transcript> transcript_;
  std::unique_ptr<instance::Site> site_;
  std::vector<Actor> actors_;  // behind the site: servers go before it
  model::CaseReport report_;
};

/// A name for the case's folder: what a path, an archive or an upload might trip over is replaced.
std::string folder_name(const model::CaseId& id);

}  // namespace executor::schedule
