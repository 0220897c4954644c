// What the steps of one case do to its actors: requests to servers, and the steps about a process's life that
// cexec carries out itself. It must not know how a case begins or ends.
#include "executor/schedule/step_runner.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/random.h"

namespace executor::schedule {
namespace {

using model::Outcome;
using plan::BuiltIn;

bool ends_life(BuiltIn built_in) {
  return built_in == BuiltIn::should_have_exited || built_in == BuiltIn::should_have_been_killed_for_memory;
}

model::Failed failed(std::string message) {
  return {std::move(message), {}, {}, {}, {}};
}

model::Failed not_running(const Actor& actor) {
  return failed(fmt::format("the '{}' process is not running{}{}", actor.name().text(),
                            actor.gone().empty() ? "" : ": it ", actor.gone()));
}

/// How the actor's last server ended, beside what the step expects.
Outcome compare_exit(const plan::Step& step, const Actor& actor) {
  const auto& exit = *actor.last_exit();
  const auto seen =
      fmt::format("{}{}", model::describe_exit(exit.code), exit.oom_killed ? ", killed for memory" : "");
  const auto& name = actor.name().text();
  if (step.built_in == BuiltIn::should_have_been_killed_for_memory) {
    if (exit.oom_killed) return model::Passed{};
    return model::Failed{
        fmt::format("the '{}' process was not killed for memory", name), {}, {}, "killed for memory", seen};
  }
  if (exit.code == step.exit_code) return model::Passed{};
  return model::Failed{fmt::format("the '{}' process has another exit code", name),
                       {},
                       {},
                       model::describe_exit(step.exit_code),
                       seen};
}

}  // namespace

base::Deadline Running::end() const {
  return sites == nullptr ? deadline : deadline.extended(sites->absence() - absent_before);
}

StartRequest Running::start_request(const Actor& actor, const base::Deadline& end,
                                    std::stop_token until) const {
  const auto limits = options.limits.apply(actor.platform().limits, scenario.memory);
  return {*site,
          limits,
          std::min(base::Deadline::in(options.start_timeout), end),
          options.start_timeout,
          std::move(until),
          options.begin};
}

Outcome Running::outcome_of(const instance::Error& error) const {
  if (error.cancelled && stop.stop_requested()) return model::Cancelled{"cancelled"};
  const bool is_late = end().passed() && !error.engine_fault;
  if (is_late) return model::TimedOut{"the scenario", limit, error.cancelled ? "" : error.reason};
  return model::CouldNotRun{error.reason, error.hint};
}

Outcome Running::stop_orderly(const Actor& actor) const {
  std::string warning;
  auto outcome = actor.live()->finish_stop(warning, stop);
  if (!warning.empty()) report.warnings.push_back(std::move(warning));
  return outcome;
}

void Running::retire(Actor& actor, std::string gone) const {
  if (actor.live() != nullptr) report.instances.push_back(actor.retire(std::move(gone)));
}

Outcome StepRunner::run(const plan::Step& step) {
  if (running_.stop.stop_requested()) return model::Cancelled{"cancelled"};
  if (running_.end().passed()) return model::TimedOut{"the scenario", running_.limit, {}};
  auto& actor = running_.actors[step.process];
  return step.built_in == BuiltIn::none ? run_on_server(step, actor) : run_built_in(step, actor);
}

instance::StepLimit StepRunner::step_limit() const {
  const auto limit = running_.scenario.step_timeout.value_or(running_.options.step_timeout);
  const auto deadline = base::Deadline::in(limit);
  if (const auto end = running_.end(); end < deadline) return {end, "the scenario", running_.limit};
  return {deadline, "the step", limit};
}

instance::StepCall StepRunner::step_call(const plan::Step& step, const Actor& actor,
                                         const instance::StepLimit& limit) const {
  instance::StepCall call;
  call.process = actor.name();
  call.type = plan::name_of(step.type);
  call.step = step.command;
  if (step.table != nullptr) {
    auto& table = call.table.emplace();
    for (const auto& row : step.table->rows) {
      auto& cells = table.emplace_back();
      for (const auto& cell : row.cells) cells.push_back(cell.value);
    }
  }
  if (step.doc_string != nullptr) call.doc_string = {step.doc_string->content, step.doc_string->media_type};
  call.run = running_.run;
  call.case_id = running_.report.id;
  call.scenario = running_.scenario.name;
  call.platform = actor.platform().name;
  call.correlation_id = base::random_uuid();
  call.timeout_ms = limit.deadline.left().count();
  return call;
}

Outcome StepRunner::run_on_server(const plan::Step& step, Actor& actor) {
  if (!actor.was_started()) {
    if (auto started = start(actor); !model::is_passed(started)) return started;
  }
  if (actor.live() == nullptr) {
    return failed(
        fmt::format("the '{0}' process is not running: it {1}; a step \"the '{0}' process starts\" starts "
                    "it again",
                    actor.name().text(), actor.gone()));
  }
  const auto limit = step_limit();
  auto result = actor.live()->execute(step_call(step, actor, limit), limit, running_.stop);
  const bool has_ended = std::holds_alternative<model::Exited>(result.outcome) ||
                         std::holds_alternative<model::KilledForMemory>(result.outcome);
  if (has_ended && exit_is_expected_after(step)) return model::Passed{};
  return std::move(result.outcome);
}

bool StepRunner::exit_is_expected_after(const plan::Step& step) const {
  const auto& steps = running_.scenario.steps;
  const auto here = static_cast<std::ptrdiff_t>(&step - steps.data());
  const auto next = std::find_if(steps.begin() + here + 1, steps.end(),
                                 [&step](const plan::Step& other) { return other.process == step.process; });
  return next != steps.end() && ends_life(next->built_in);
}

Outcome StepRunner::run_built_in(const plan::Step& step, Actor& actor) {
  const auto in_line = fmt::format(" in line {}", step.location.line);
  switch (step.built_in) {
    case BuiltIn::starts: return start(actor);
    case BuiltIn::stops: return stop(actor, in_line);
    case BuiltIn::restarts: return restart(actor, in_line);
    case BuiltIn::is_killed: return kill(actor, in_line);
    case BuiltIn::should_have_exited:
    case BuiltIn::should_have_been_killed_for_memory: return check_exit(step, actor);
    case BuiltIn::none: break;
  }
  return model::Passed{};
}

Outcome StepRunner::start(Actor& actor) {
  if (actor.live() != nullptr)
    return failed(fmt::format("the '{}' process is running already", actor.name().text()));
  const auto health = actor.start(running_.start_request(actor, running_.end(), running_.stop));
  if (!health) {
    auto outcome = running_.outcome_of(health.error());
    running_.retire(actor, "was never ready");
    return outcome;
  }
  for (const auto& wanted : running_.scenario.requires_) {
    const auto& has = health->capabilities;
    if (std::find(has.begin(), has.end(), wanted) != has.end()) continue;
    return model::Skipped{fmt::format("the '{}' server ({}) lacks the capability '{}'", actor.name().text(),
                                      actor.platform().name.text(), wanted)};
  }
  return model::Passed{};
}

Outcome StepRunner::stop(Actor& actor, std::string_view in_line) {
  if (actor.live() == nullptr) return not_running(actor);
  auto outcome = running_.stop_orderly(actor);
  running_.retire(actor, fmt::format("was stopped{}", in_line));
  return outcome;
}

Outcome StepRunner::restart(Actor& actor, std::string_view in_line) {
  if (actor.live() != nullptr) {
    if (auto outcome = stop(actor, in_line); !model::is_passed(outcome)) return outcome;
  }
  return start(actor);
}

Outcome StepRunner::kill(Actor& actor, std::string_view in_line) {
  if (actor.live() == nullptr) return not_running(actor);
  if (!actor.live()->kill()) {
    return model::CouldNotRun{fmt::format("the '{}' process could not be killed", actor.name().text()), {}};
  }
  running_.retire(actor, fmt::format("was killed{}", in_line));
  return model::Passed{};
}

Outcome StepRunner::check_exit(const plan::Step& step, Actor& actor) {
  if (actor.live() != nullptr) {
    const auto limit = step_limit();
    const auto ended = actor.live()->wait(limit.deadline, running_.stop);
    if (!ended) return running_.outcome_of(ended.error());
    if (!*ended && running_.stop.stop_requested()) return model::Cancelled{"cancelled"};
    if (!*ended) {
      return model::TimedOut{limit.what, limit.limit,
                             fmt::format("the '{}' process is still running", actor.name().text())};
    }
    running_.retire(actor, fmt::format("has ended before line {}", step.location.line));
  }
  if (!actor.was_started())
    return failed(fmt::format("the '{}' process was never started", actor.name().text()));
  if (!actor.last_exit())
    return model::CouldNotRun{fmt::format("it is not known how '{}' ended", actor.name().text()), {}};
  return compare_exit(step, actor);
}

bool can_start_ahead(const plan::Scenario& scenario, std::size_t process) {
  for (const auto& step : scenario.steps) {
    if (step.process == process) return step.built_in == BuiltIn::none || step.built_in == BuiltIn::starts;
    if (step.built_in != BuiltIn::starts) break;
  }
  const auto first = std::find_if(scenario.steps.begin(), scenario.steps.end(),
                                  [process](const plan::Step& step) { return step.process == process; });
  return first != scenario.steps.end() && first->built_in == BuiltIn::none;
}

}  // namespace executor::schedule
