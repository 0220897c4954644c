// One case, from its first container to its last: what its steps do, how it ends, and the evidence. It must
// not know of any other case.
#include "executor/schedule/case_runner.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "base/random.h"

namespace executor::schedule {
namespace {

using model::Outcome;
using plan::BuiltIn;
using namespace std::chrono_literals;

milliseconds since(base::TimePoint begin) {
  return std::chrono::duration_cast<milliseconds>(base::Clock::now() - begin);
}

/// As a shell takes it for one word.
std::string shell_word(const std::string& text) {
  const bool plain = !text.empty() && text.find_first_not_of(
                                          "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                          "0123456789_-./:=,*@%+") == std::string::npos;
  if (plain) return text;
  std::string word = "'";
  for (const char c : text) word += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return word + "'";
}

bool ends_life(BuiltIn built_in) {
  return built_in == BuiltIn::should_have_exited || built_in == BuiltIn::should_have_been_killed_for_memory;
}

}  // namespace

config::Limits LimitOverrides::apply(config::Limits limits, std::optional<std::int64_t> tag_memory) const {
  if (none) return {0, 0, 0};
  limits.memory = memory.value_or(tag_memory.value_or(limits.memory));
  limits.nano_cpus = nano_cpus.value_or(limits.nano_cpus);
  limits.pids = pids.value_or(limits.pids);
  return limits;
}

std::string folder_name(const model::CaseId& id) {
  constexpr std::size_t kMost = 180;
  std::string name;
  for (const char c : id.text()) {
    const bool fits = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      std::string_view("._=-").find(c) != std::string_view::npos;
    name += fits ? c : '_';
  }
  // Two long ids must not share a folder.
  if (name.size() > kMost) {
    name = fmt::format("{}-{:016x}", name.substr(0, kMost - 17), std::hash<std::string>()(id.text()));
  }
  return name;
}

CaseRunner::CaseRunner(const plan::Case& planned, std::size_t index, const Options& options,
                       instance::SiteFactory& sites, const model::RunId& run, std::stop_token stop,
                       EventQueue& events)
    : case_(planned),
      scenario_(*planned.scenario),
      index_(index),
      options_(options),
      sites_(sites),
      run_(run),
      stop_(std::move(stop)),
      events_(events),
      begin_(base::Clock::now()) {
  for (std::size_t i = 0; i < scenario_.processes.size(); ++i) {
    Actor actor;
    actor.name = scenario_.processes[i];
    actor.platform = case_.platforms[i];
    actors_.push_back(std::move(actor));
  }
  fill_report();
}

CaseRunner::~CaseRunner() = default;

void CaseRunner::fill_report() {
  report_.id = case_.id();
  report_.feature = scenario_.file->document.feature->name;
  report_.scenario = scenario_.name;
  report_.location = scenario_.source();
  report_.combination = case_.combination();
  for (const auto tag : scenario_.tags) report_.tags.emplace_back(tag);
  report_.rerun = fmt::format("{} {}", options_.rerun, shell_word(scenario_.source().text()));
  for (std::size_t i = 0; i < actors_.size(); ++i) {
    report_.rerun += fmt::format("{}{}={}", i == 0 ? " --combo " : ",", actors_[i].name.text(),
                                 actors_[i].platform->name.text());
  }
}

model::CaseReport CaseRunner::run() {
  if (scenario_.skip) {
    report_.outcome = model::Skipped{*scenario_.skip};
    return std::move(report_);
  }
  if (const auto limit = scenario_.timeout ? scenario_.timeout : options_.case_timeout) {
    limit_ = *limit;
    deadline_ = base::Deadline::at(begin_ + limit_);
  }
  open_artifacts();
  instance::SiteRequest request{case_.id(), scenario_.sharing, scenario_.processes, 0,
                                scenario_.changes_lives};
  for (const auto* platform : case_.platforms)
    request.shm_size = std::max(request.shm_size, platform->shm_size);
  site_ = sites_.make_site(std::move(request));
  const auto opened = site_->open(std::min(base::Deadline::in(options_.start_timeout), deadline_), stop_);
  if (opened) {
    run_steps();
    stop_all();
  } else {
    decide(could_not_run(opened.error()), std::nullopt, {});
  }
  close_site();
  report_.duration = since(begin_);
  return std::move(report_);
}

model::CaseReport CaseRunner::not_run(const std::string& reason) {
  report_.outcome = model::Cancelled{reason};
  return std::move(report_);
}

void CaseRunner::open_artifacts() {
  if (!options_.artifacts.empty()) {
    folder_ = options_.artifacts / "cases" / folder_name(case_.id());
    std::error_code error;
    std::filesystem::create_directories(folder_, error);
    if (error) {
      report_.warnings.push_back(fmt::format("no artifacts: {}: {}", folder_.string(), error.message()));
      folder_.clear();
    }
    report_.artifacts = folder_.string();
  }
  const auto file = [this](const std::string& name) { return folder_.empty() ? folder_ : folder_ / name; };
  transcript_ = std::make_unique<instance::Transcript>(file("transcript.jsonl"), begin_);
  for (auto& actor : actors_) {
    const auto name = fmt::format("{}-{}.log", actor.platform->name.text(), actor.name.text());
    actor.log = std::make_unique<instance::Log>(file(name), begin_);
  }
}

void CaseRunner::run_steps() {
  for (const auto& step : scenario_.steps) {
    model::StepReport report;
    report.location = {scenario_.file->uri, step.location.line, step.location.column};
    report.keyword = step.keyword;
    report.text = step.text;
    report.process = scenario_.processes[step.process];
    const auto begin = base::Clock::now();
    if (model::is_passed(report_.outcome)) {
      events_.post(model::StepStarted{index_, report.location, report.keyword + report.text, report.process});
      report.outcome = run_step(step);
      report.duration = since(begin);
      if (!model::is_passed(report.outcome)) decide(report.outcome, report_.steps.size(), report.process);
    } else {
      report.outcome = model::Skipped{"a step before it did not pass"};
    }
    report_.steps.push_back(std::move(report));
  }
}

void CaseRunner::decide(Outcome outcome, std::optional<std::size_t> step, const model::ProcessName& process) {
  report_.outcome = std::move(outcome);
  report_.culprit_step = step;
  if (!process.empty()) report_.culprit_process = process;
}

Outcome CaseRunner::could_not_run(const instance::Error& error) {
  if (error.cancelled) return model::Cancelled{"cancelled"};
  if (deadline_.passed()) return model::TimedOut{"the scenario", limit_, error.reason};
  return model::CouldNotRun{error.reason, error.hint};
}

Outcome CaseRunner::run_step(const plan::Step& step) {
  if (stop_.stop_requested()) return model::Cancelled{"cancelled"};
  if (deadline_.passed()) return model::TimedOut{"the scenario", limit_, {}};
  auto& actor = actors_[step.process];
  return step.built_in == BuiltIn::none ? run_server_step(step, actor) : run_built_in(step, actor);
}

instance::StepLimit CaseRunner::step_limit() const {
  const auto limit = scenario_.step_timeout.value_or(options_.step_timeout);
  const auto deadline = base::Deadline::in(limit);
  if (deadline_ < deadline) return {deadline_, "the scenario", limit_};
  return {deadline, "the step", limit};
}

instance::StepCall CaseRunner::step_call(const plan::Step& step, const Actor& actor,
                                         const instance::StepLimit& limit) const {
  instance::StepCall call;
  call.process = actor.name;
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
  call.run = run_;
  call.case_id = report_.id;
  call.scenario = scenario_.name;
  call.platform = actor.platform->name;
  call.correlation_id = base::random_uuid();
  call.timeout_ms = limit.deadline.left().count();
  return call;
}

Outcome CaseRunner::run_server_step(const plan::Step& step, Actor& actor) {
  if (!actor.was_started) {
    if (auto started = start(actor); !model::is_passed(started)) return started;
  }
  if (!actor.live) {
    return model::Failed{
        fmt::format(
            "the '{}' process is not running: it {}; a step \"the '{}' process starts\" starts it again",
            actor.name.text(), actor.gone, actor.name.text()),
        {},
        {},
        {},
        {}};
  }
  const auto limit = step_limit();
  auto result = actor.live->execute(step_call(step, actor, limit), limit, stop_);
  const bool has_ended = std::holds_alternative<model::Exited>(result.outcome) ||
                         std::holds_alternative<model::KilledForMemory>(result.outcome);
  if (has_ended && exit_is_expected_after(step)) return model::Passed{};
  return std::move(result.outcome);
}

bool CaseRunner::exit_is_expected_after(const plan::Step& step) const {
  const auto& steps = scenario_.steps;
  const auto here = static_cast<std::ptrdiff_t>(&step - steps.data());
  const auto next = std::find_if(steps.begin() + here + 1, steps.end(),
                                 [&step](const plan::Step& other) { return other.process == step.process; });
  return next != steps.end() && ends_life(next->built_in);
}

Outcome CaseRunner::run_built_in(const plan::Step& step, Actor& actor) {
  const auto in_line = [&step](const char* what) {
    return fmt::format("{} in line {}", what, step.location.line);
  };
  const auto not_running = [&actor] {
    return model::Failed{fmt::format("the '{}' process is not running{}{}", actor.name.text(),
                                     actor.gone.empty() ? "" : ": it ", actor.gone),
                         {},
                         {},
                         {},
                         {}};
  };
  switch (step.built_in) {
    case BuiltIn::starts:
      if (!actor.live) return start(actor);
      return model::Failed{
          fmt::format("the '{}' process is running already", actor.name.text()), {}, {}, {}, {}};
    case BuiltIn::stops: {
      if (!actor.live) return not_running();
      auto outcome = stop_orderly(actor);
      retire(actor, in_line("was stopped"));
      return outcome;
    }
    case BuiltIn::restarts: {
      if (actor.live) {
        auto outcome = stop_orderly(actor);
        retire(actor, in_line("was stopped"));
        if (!model::is_passed(outcome)) return outcome;
      }
      return start(actor);
    }
    case BuiltIn::is_killed: {
      if (!actor.live) return not_running();
      if (!actor.live->kill()) {
        return model::CouldNotRun{fmt::format("the '{}' process could not be killed", actor.name.text()), {}};
      }
      retire(actor, in_line("was killed"));
      return model::Passed{};
    }
    case BuiltIn::should_have_exited:
    case BuiltIn::should_have_been_killed_for_memory: return check_exit(step, actor);
    case BuiltIn::none: break;
  }
  return model::Passed{};
}

Outcome CaseRunner::check_exit(const plan::Step& step, Actor& actor) {
  if (actor.live) {
    const auto limit = step_limit();
    const auto ended = actor.live->wait(limit.deadline, stop_);
    if (!ended) return could_not_run(ended.error());
    if (!*ended && stop_.stop_requested()) return model::Cancelled{"cancelled"};
    if (!*ended) {
      return model::TimedOut{limit.what, limit.limit,
                             fmt::format("the '{}' process is still running", actor.name.text())};
    }
    retire(actor, fmt::format("has ended before line {}", step.location.line));
  }
  return compare_exit(step, actor);
}

Outcome CaseRunner::compare_exit(const plan::Step& step, const Actor& actor) const {
  const auto& exit = *actor.last_exit;
  const auto seen =
      fmt::format("{}{}", model::describe_exit(exit.code), exit.oom_killed ? ", killed for memory" : "");
  if (step.built_in == BuiltIn::should_have_been_killed_for_memory) {
    if (exit.oom_killed) return model::Passed{};
    return model::Failed{fmt::format("the '{}' process was not killed for memory", actor.name.text()),
                         {},
                         {},
                         "killed for memory",
                         seen};
  }
  if (exit.code == step.exit_code) return model::Passed{};
  return model::Failed{fmt::format("the '{}' process has another exit code", actor.name.text()),
                       {},
                       {},
                       model::describe_exit(step.exit_code),
                       seen};
}

Outcome CaseRunner::start(Actor& actor) {
  actor.was_started = true;
  instance::Identity identity;
  identity.process = actor.name;
  identity.platform = actor.platform->name;
  identity.framing = actor.platform->framing;
  identity.grace = actor.platform->stop_grace_period;
  const auto limits = options_.limits.apply(actor.platform->limits, scenario_.memory);
  identity.memory_limit = limits.memory;
  auto server = site_->make_server({actor.name, actor.platform, limits});
  actor.live = std::make_unique<instance::Instance>(identity, std::move(server), *actor.log, *transcript_);
  const auto deadline = std::min(base::Deadline::in(options_.start_timeout), deadline_);
  const auto health = actor.live->start(deadline, options_.start_timeout, stop_);
  if (!health) {
    auto outcome = could_not_run(health.error());
    if (!health.error().cancelled) actor.live->kill();  // so that it is known how it ended
    retire(actor, "was never ready");
    return outcome;
  }
  for (const auto& wanted : scenario_.requires_) {
    const auto& has = health->capabilities;
    if (std::find(has.begin(), has.end(), wanted) != has.end()) continue;
    return model::Skipped{fmt::format("the '{}' server ({}) lacks the capability '{}'", actor.name.text(),
                                      actor.platform->name.text(), wanted)};
  }
  return model::Passed{};
}

Outcome CaseRunner::stop_orderly(Actor& actor) {
  std::string warning;
  auto outcome = actor.live->finish_stop(warning);
  if (!warning.empty()) report_.warnings.push_back(std::move(warning));
  return outcome;
}

/// Its evidence is taken, and its container goes.
void CaseRunner::retire(Actor& actor, std::string gone) {
  if (!actor.live) return;
  actor.last_exit = actor.live->exit();
  actor.gone = std::move(gone);
  report_.instances.push_back(actor.live->report());
  if (auto problem = actor.live->dispose(); !problem.empty()) report_.warnings.push_back(std::move(problem));
  actor.live.reset();
}

void CaseRunner::stop_all() {
  if (!stop_.stop_requested()) {
    for (auto& actor : actors_) {
      if (actor.live) actor.live->request_stop();
    }
    for (auto& actor : actors_) {
      if (!actor.live) continue;
      auto outcome = stop_orderly(actor);
      // The first thing that went wrong is what the case is about.
      const bool counts = model::is_passed(report_.outcome) && !model::is_passed(outcome);
      if (counts) decide(std::move(outcome), std::nullopt, actor.name);
    }
  }
  for (auto& actor : actors_) retire(actor, {});
}

void CaseRunner::close_site() {
  for (auto& problem : site_->close()) report_.warnings.push_back(std::move(problem));
  for (const auto& actor : actors_) {
    if (actor.log == nullptr || actor.log->file_error().empty()) continue;
    report_.warnings.push_back(
        fmt::format("the log of '{}' is not whole: {}", actor.name.text(), actor.log->file_error()));
  }
}

}  // namespace executor::schedule
