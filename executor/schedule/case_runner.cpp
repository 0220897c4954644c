// One case, from its first container to its last: what it shares, its actors, how it ends, and the evidence.
// It must not know of any other case.
#include "executor/schedule/case_runner.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <thread>

namespace executor::schedule {
namespace {

using model::Outcome;
using namespace std::chrono_literals;

milliseconds since(base::TimePoint begin) {
  return base::between(begin, base::Clock::now());
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

std::filesystem::path bundle_path(const Options& options, const plan::Case& planned) {
  const auto repeat = planned.repetition > 1 ? fmt::format("-repeat-{}", planned.repetition) : std::string();
  return options.artifacts / "bundles" / fmt::format("{}{}.cexec.tar.zst", folder_name(planned.id()), repeat);
}

CaseRunner::CaseRunner(const plan::Case& planned, std::size_t index, const Options& options,
                       instance::SiteFactory& sites, Reuse& reuse, const model::RunId& run,
                       std::stop_token stop, EventQueue& events, std::size_t attempt)
    : case_(planned),
      scenario_(*planned.scenario),
      index_(index),
      attempt_(attempt),
      options_(options),
      sites_(sites),
      reuse_(reuse),
      events_(events),
      begin_(base::Clock::now()),
      running_{scenario_, options_, run, std::move(stop), actors_, report_} {
  fill_report();
}

CaseRunner::~CaseRunner() = default;

void CaseRunner::fill_report() {
  report_.started = base::between(options_.begin, begin_);
  report_.id = case_.id();
  report_.feature = scenario_.file->document.feature->name;
  report_.scenario = scenario_.name;
  report_.location = scenario_.source();
  report_.combination = case_.combination();
  for (const auto tag : scenario_.tags) report_.tags.emplace_back(tag);
  report_.rerun = fmt::format("{} {}", options_.rerun, shell_word(scenario_.source().text()));
  const char* separator = " --combo ";
  for (const auto& [process, platform] : report_.combination) {
    report_.rerun += fmt::format("{}{}={}", separator, process.text(), platform.text());
    separator = ",";
  }
}

void CaseRunner::open_artifacts() {
  if (options_.artifacts.empty()) return;
  folder_ = options_.artifacts / "cases" / folder_name(case_.id());
  if (case_.repetition > 1) folder_ += fmt::format("-repeat-{}", case_.repetition);
  if (attempt_ > 1) folder_ /= fmt::format("attempt-{}", attempt_);
  std::error_code error;
  std::filesystem::create_directories(folder_, error);
  if (error) {
    report_.warnings.push_back(fmt::format("no artifacts: {}: {}", folder_.string(), error.message()));
    folder_.clear();
  }
  report_.artifacts = folder_.string();
}

void CaseRunner::make_actors() {
  open_artifacts();
  const auto file = [this](const std::string& name) { return folder_.empty() ? folder_ : folder_ / name; };
  transcript_ = std::make_shared<instance::Transcript>(file("transcript.jsonl"), begin_);
  for (std::size_t i = 0; i < scenario_.processes.size(); ++i) {
    const auto& platform = *case_.platforms[i];
    const auto& name = scenario_.processes[i];
    actors_.emplace_back(name, platform, file(fmt::format("{}-{}.log", platform.name.text(), name.text())),
                         begin_, transcript_);
  }
}

void CaseRunner::open_site(const base::Deadline& deadline, const std::stop_token& stop) {
  make_actors();
  if (take_over(deadline, stop)) return;
  instance::SiteRequest request{case_.id(), scenario_.sharing, scenario_.processes, 0,
                                scenario_.changes_lives || can_be_reused()};
  request.may_be_joined = options_.on_failure != nullptr;
  for (const auto* platform : case_.platforms)
    request.shm_size = std::max(request.shm_size, platform->shm_size);
  site_ = sites_.make_site(std::move(request));
  running_.site = site_.get();
  // An engine that is away for a while is not to be the case's fault.
  const auto opened = site_->open(deadline.extended(instance::kEnginePatience), stop);
  if (!opened) site_error_ = opened.error();
}

/// Where steps end and start servers, the next case would not find what it expects.
bool CaseRunner::can_be_reused() const {
  return reuse_.is_wanted() && !scenario_.changes_lives;
}

/// The place and the servers of a case before, emptied and reset; false if there are none that are fit.
bool CaseRunner::take_over(const base::Deadline& deadline, const std::stop_token& stop) {
  if (!can_be_reused()) return false;
  auto ensemble = reuse_.take(reuse_.description(case_, options_));
  if (!ensemble) return false;
  bool is_fit = ensemble->site->clean(deadline, stop).has_value();
  for (std::size_t i = 0; is_fit && i < actors_.size(); ++i)
    is_fit = actors_[i].adopt(std::move(ensemble->servers[i]), deadline, stop);
  if (is_fit) {
    site_ = std::move(ensemble->site);
    running_.site = site_.get();
    return true;
  }
  for (auto& actor : actors_) actor.abandon();
  std::erase_if(ensemble->servers, [](const ReadyServer& ready) { return ready.server == nullptr; });
  to_end_.push_back(std::move(*ensemble));
  return false;
}

/// All or none: the servers of a place belong together.
bool CaseRunner::hand_over() {
  if (!can_be_reused() || running_.stop.stop_requested() || !model::is_passed(report_.outcome)) return false;
  for (const auto& actor : actors_) {
    if (!actor.can_be_given_away()) return false;
  }
  auto ensemble = reuse_.description(case_, options_);
  for (auto& actor : actors_) {
    report_.instances.push_back(actor.live()->report());
    ensemble.servers.push_back(actor.give_away());
  }
  ensemble.site = std::move(site_);
  for (auto& gone : reuse_.give(std::move(ensemble))) to_end_.push_back(std::move(gone));
  return true;
}

void CaseRunner::provision() {
  if (!scenario_.skip) {
    const std::stop_callback on_stop(running_.stop, [this] { provision_stop_.request_stop(); });
    open_site(base::Deadline::in(options_.start_timeout), provision_stop_.get_token());
    if (!site_error_) start_ahead();
  }
  ready_->set(true);
}

/// All at once: a server's own time to get ready is long beside what the engine needs.
void CaseRunner::start_ahead() {
  std::vector<std::jthread> threads;
  for (std::size_t i = 0; i < actors_.size(); ++i) {
    if (actors_[i].is_ready() || !can_start_ahead(scenario_, i)) continue;
    const auto start = [this, &actor = actors_[i]] {
      // Not beyond the case's own deadline either: that is known only at its turn, which then stops this.
      actor.start_ahead(running_.start_request(actor, base::Deadline::never(), provision_stop_.get_token()));
    };
    if (i + 1 == actors_.size()) {
      start();
    } else {
      threads.emplace_back(start);
    }
  }
}

/// A case whose time is up does not wait for what it no longer needs.
void CaseRunner::await_provision() {
  if (!ready_) return;
  while (!running_.stop.stop_requested() && !running_.end().passed()) {
    if (ready_->wait(running_.end(), running_.stop)) return;
  }
  provision_stop_.request_stop();
  ready_->wait(base::Deadline::never(), {});
}

void CaseRunner::execute() {
  if (scenario_.skip) {
    report_.outcome = model::Skipped{*scenario_.skip};
    return;
  }
  const auto begin = base::Clock::now();
  if (const auto limit = scenario_.timeout ? scenario_.timeout : options_.case_timeout) {
    running_.limit = *limit;
    running_.deadline = base::Deadline::at(begin + *limit);
    running_.sites = &sites_;
    running_.absent_before = sites_.absence();
  }
  await_provision();
  if (!ready_)
    open_site(std::min(base::Deadline::in(options_.start_timeout), running_.deadline), running_.stop);
  if (site_error_) {
    decide(running_.outcome_of(*site_error_), std::nullopt, {});
  } else {
    run_steps();
    tell_of_failure();
    if (!hand_over()) stop_all();
  }
  report_.duration = since(begin);
}

void CaseRunner::run_steps() {
  StepRunner steps(running_);
  for (const auto& step : scenario_.steps) {
    model::StepReport report;
    report.location = {scenario_.file->uri, step.location.line, step.location.column};
    report.keyword = step.keyword;
    report.text = step.text;
    report.process = scenario_.processes[step.process];
    const auto begin = base::Clock::now();
    report.started = base::between(begin_, begin);
    if (model::is_passed(report_.outcome)) {
      events_.post(model::StepStarted{index_, report.location, report.keyword + report.text, report.process});
      report.outcome = steps.run(step);
      report.duration = since(begin);
      if (!model::is_passed(report.outcome)) {
        decide(report.outcome, report_.steps.size(), report.process);
        report.outcome = report_.outcome;
      }
    } else {
      report.outcome = model::Skipped{"a step before it did not pass"};
    }
    report_.steps.push_back(std::move(report));
  }
}

void CaseRunner::decide(Outcome outcome, std::optional<std::size_t> step, const model::ProcessName& process) {
  // Once a run is cancelled, its containers are removed from under it: what ends then is not at fault.
  const bool has_no_fault =
      std::holds_alternative<model::Exited>(outcome) || std::holds_alternative<model::CouldNotRun>(outcome);
  if (running_.stop.stop_requested() && has_no_fault) outcome = model::Cancelled{"cancelled"};
  report_.outcome = std::move(outcome);
  report_.culprit_step = step;
  if (!process.empty()) report_.culprit_process = process;
}

void CaseRunner::tell_of_failure() {
  if (!options_.on_failure || model::is_passed(report_.outcome) || running_.stop.stop_requested()) return;
  FailedCase failed{report_, {}, running_.stop};
  for (const auto& actor : actors_) {
    if (actor.live() == nullptr) continue;
    failed.live.push_back({actor.name(), actor.platform().name, actor.live()->container()});
  }
  options_.on_failure(failed);
}

/// A case that did not pass is replayed from its bundle, where that is what the run wants to be told.
void CaseRunner::name_bundle() {
  const auto category = model::category_of(report_.outcome);
  const bool is_red = category == model::Category::failed || category == model::Category::could_not_run;
  if (!is_red || !options_.bundles || options_.artifacts.empty() ||
      std::holds_alternative<model::Cancelled>(report_.outcome))
    return;
  report_.bundle = bundle_path(options_, case_).string();
  if (!options_.replay.empty())
    report_.rerun = fmt::format("{} {}", options_.replay, shell_word(report_.bundle));
}

void CaseRunner::stop_all() {
  if (!running_.stop.stop_requested()) {
    for (auto& actor : actors_) {
      if (actor.live() != nullptr) actor.live()->request_stop();
    }
    for (auto& actor : actors_) {
      if (actor.live() == nullptr) continue;
      auto outcome = running_.stop_orderly(actor);
      // The first thing that went wrong is what the case is about.
      const bool counts = model::is_passed(report_.outcome) && !model::is_passed(outcome);
      if (counts) decide(std::move(outcome), std::nullopt, actor.name());
    }
  }
  for (auto& actor : actors_) running_.retire(actor, {});
}

model::CaseReport CaseRunner::dispose() {
  const auto warn = [this](std::vector<std::string> problems) {
    for (auto& problem : problems) report_.warnings.push_back(std::move(problem));
  };
  name_bundle();
  for (auto& actor : actors_) warn(actor.dispose());
  for (auto& ensemble : to_end_) end(ensemble, running_.stop);
  to_end_.clear();
  if (site_) warn(site_->close());
  for (const auto& actor : actors_) {
    const auto error = actor.log().file_error();
    if (error.empty()) continue;
    report_.warnings.push_back(fmt::format("the log of '{}' is not whole: {}", actor.name().text(), error));
  }
  return std::move(report_);
}

model::CaseReport CaseRunner::run() {
  execute();
  return dispose();
}

void CaseRunner::give_up() {
  report_.outcome = model::Cancelled{"cancelled"};
  if (!ready_) return;
  provision_stop_.request_stop();
  ready_->wait(base::Deadline::never(), {});
}

model::CaseReport CaseRunner::not_run(const std::string& reason) {
  give_up();
  report_.outcome = model::Cancelled{reason};
  return dispose();
}

}  // namespace executor::schedule
