// What the steps of one case do to its actors: requests to servers, and the steps about a process's life that
// cexec carries out itself. It must not know how a case begins or ends.
#pragma once

#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "executor/model/event.h"
#include "executor/plan/plan.h"
#include "executor/schedule/actor.h"
#include "executor/schedule/options.h"

namespace executor::schedule {

/// One case while it runs: what its steps need, and what they add to its report.
struct Running {
  const plan::Scenario& scenario;
  const Options& options;
  const model::RunId& run;
  std::stop_token stop;
  std::vector<Actor>& actors;  ///< one for each of the scenario's processes
  model::CaseReport& report;   ///< takes instances and warnings
  instance::Site* site = nullptr;
  base::Deadline deadline = base::Deadline::never();  ///< of the case, if the engine always answers
  milliseconds limit{0};                              ///< how long that is, for messages
  const instance::SiteFactory* sites = nullptr;
  milliseconds absent_before{0};  ///< what `sites` said when the case began

  /// The case's deadline, as far as it is known by now: time for which the engine did not answer is given
  /// back.
  [[nodiscard]] base::Deadline end() const;

  /// Starts a server of `actor`, for at most `options.start_timeout` and not beyond `end`.
  [[nodiscard]] StartRequest start_request(const Actor& actor, const base::Deadline& end,
                                           std::stop_token until) const;
  /// What an error of an instance or a site means for the case.
  [[nodiscard]] model::Outcome outcome_of(const instance::Error& error) const;
  /// Asks an actor's server for an orderly end, or waits for the one that was asked for; its outcome.
  model::Outcome stop_orderly(const Actor& actor) const;
  /// Its server is done with: what is known of it becomes part of the report.
  void retire(Actor& actor, std::string gone) const;
};

/// One thread uses it.
class StepRunner {
 public:
  explicit StepRunner(const Running& running) : running_(running) {}

  /// Blocks until the step is over: to its own limit, or that of the case, or until the run is stopped.
  model::Outcome run(const plan::Step& step);

 private:
  model::Outcome run_on_server(const plan::Step& step, Actor& actor);
  model::Outcome run_built_in(const plan::Step& step, Actor& actor);
  model::Outcome start(Actor& actor);
  model::Outcome stop(Actor& actor, std::string_view in_line);
  model::Outcome restart(Actor& actor, std::string_view in_line);
  model::Outcome kill(Actor& actor, std::string_view in_line);
  model::Outcome check_exit(const plan::Step& step, Actor& actor);

  [[nodiscard]] instance::StepLimit step_limit() const;
  [[nodiscard]] instance::StepCall step_call(const plan::Step& step, const Actor& actor,
                                             const instance::StepLimit& limit) const;
  [[nodiscard]] bool exit_is_expected_after(const plan::Step& step) const;

  const Running& running_;
};

/// Whether the first thing that the scenario asks of the process can be got ready before its turn, without
/// any step being able to tell: its start is implied, or nothing is done before the step that asks for it.
bool can_start_ahead(const plan::Scenario& scenario, std::size_t process);

}  // namespace executor::schedule
