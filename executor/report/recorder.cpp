// Reads event files into a recording. It must not know what is made of it.
#include "executor/report/recorder.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace executor::report {
namespace {

/// When the first run in the file began; 0 if it does not say.
std::chrono::milliseconds begin_of(const std::filesystem::path& file) {
  const auto start = read_part(file, 0, std::size_t{64} << 10U);
  const auto event = read_event(std::string_view(start).substr(0, start.find('\n')));
  if (!event || !event->event) return {};
  const auto* planned = std::get_if<model::RunPlanned>(&*event->event);
  return planned == nullptr ? event->at : planned->begun;
}

/// Of a report that is replaced by a later one: whether it is worth telling of.
bool is_worth_telling(const model::CaseReport& report) {
  return model::is_red(report.outcome) && !std::holds_alternative<model::Cancelled>(report.outcome);
}

}  // namespace

Recorder::Recorder(std::vector<std::filesystem::path> files) {
  std::vector<std::pair<std::chrono::milliseconds, std::filesystem::path>> dated;
  for (auto& file : files) {
    const auto begin = begin_of(file);
    dated.emplace_back(begin, std::move(file));
  }
  std::stable_sort(dated.begin(), dated.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  for (auto& [begin, file] : dated) result_.files_.push_back(std::move(file));
}

tl::expected<void, std::string> Recorder::read_all() {
  for (std::size_t i = 0; i < result_.files_.size(); ++i) {
    if (auto read = read_file(i); !read) return read;
  }
  return {};
}

tl::expected<void, std::string> Recorder::read_file(std::size_t file) {
  const auto& path = result_.files_[file];
  file_ = file;
  begins_run_ = true;
  events_in_file_ = 0;
  const auto error = for_each_line(path, [this](const FileLine& line) { take_line(line); });
  if (!error.empty()) return tl::unexpected(fmt::format("{}: {}", path.string(), error));
  if (!fatal_.empty()) return tl::unexpected(fatal_);
  if (events_in_file_ == 0) return tl::unexpected(fmt::format("{}: holds no event of cexec", path.string()));
  return {};
}

void Recorder::take_line(const FileLine& line) {
  if (!fatal_.empty()) return;
  const auto place = fmt::format("{}:{}", result_.files_[file_].string(), line.number);
  auto event = read_event(line.text);
  if (!event && event.error().starts_with("events of version")) {
    fatal_ = fmt::format("{}: {}", place, event.error());
  } else if (!event) {
    result_.warnings_.push_back(line.is_whole
                                    ? fmt::format("{}: is skipped: {}", place, event.error())
                                    : fmt::format("{}: the last line is not whole and is skipped", place));
  } else {
    ++events_in_file_;
    if (event->event) take(*event->event, {file_, line.offset, line.text.size()});
    if (!result_.runs_.empty()) result_.runs_.back().last = event->at;
  }
}

RecordedRun& Recorder::run() {
  if (begins_run_) {
    result_.runs_.emplace_back().file = result_.files_[file_].string();
    in_run_.clear();
    begins_run_ = false;
  }
  return result_.runs_.back();
}

void Recorder::take(const model::Event& event, const Recording::Place& place) {
  if (const auto* planned = std::get_if<model::RunPlanned>(&event)) return on(*planned);
  auto& current = run();
  if (const auto* source = std::get_if<model::FeatureSource>(&event)) {
    result_.sources_[source->uri] = source->text;
  } else if (const auto* scenario = std::get_if<model::ScenarioPlanned>(&event)) {
    on(*scenario);
  } else if (const auto* started = std::get_if<model::RunStarted>(&event)) {
    current.started = *started;
  } else if (const auto* case_started = std::get_if<model::CaseStarted>(&event)) {
    on(*case_started);
  } else if (const auto* step = std::get_if<model::StepStarted>(&event)) {
    on(*step);
  } else if (const auto* finished = std::get_if<model::CaseFinished>(&event)) {
    on(*finished, place);
  } else if (const auto* failed = std::get_if<model::RunFailed>(&event)) {
    current.failed = *failed;
  } else if (const auto* over = std::get_if<model::RunFinished>(&event)) {
    current.finished = *over;
  }
}

void Recorder::on(const model::RunPlanned& event) {
  begins_run_ = true;
  run().planned = event;
}

std::size_t Recorder::scenario_at(model::ScenarioPlanned&& scenario) {
  const auto [found, is_new] = scenario_index_.emplace(scenario.location.text(), result_.scenarios_.size());
  if (is_new) {
    scenario.cases.clear();
    scenario.cases.shrink_to_fit();
    result_.scenarios_.push_back(std::move(scenario));
  }
  return found->second;
}

std::size_t Recorder::case_at(const model::CaseId& id, std::size_t scenario,
                              std::vector<model::PlatformName> platforms) {
  const auto [found, is_new] = case_index_.emplace(id.text(), result_.cases_.size());
  if (is_new) {
    result_.cases_.push_back({id, scenario, std::move(platforms)});
    result_.findings_.emplace_back();
  }
  return found->second;
}

void Recorder::on(const model::ScenarioPlanned& event) {
  const auto scenario = scenario_at(model::ScenarioPlanned(event));
  for (std::size_t i = 0; i < event.cases.size(); ++i) {
    const auto index = case_at(event.cases[i].id, scenario, event.cases[i].platforms);
    in_run_[event.first + i] = index;
    auto& findings = result_.findings_[index];
    findings.run = result_.runs_.size() - 1;
    findings.was_begun = false;
  }
}

void Recorder::on(const model::CaseStarted& event) {
  const auto found = in_run_.find(event.index);
  if (found == in_run_.end()) return;
  result_.findings_[found->second].was_begun = true;
  result_.findings_[found->second].running.reset();
}

void Recorder::on(const model::StepStarted& event) {
  const auto found = in_run_.find(event.index);
  if (found != in_run_.end()) result_.findings_[found->second].running = event;
}

void Recorder::on(const model::CaseFinished& event, const Recording::Place& place) {
  const auto& report = event.report;
  // Events without a plan are reported all the same.
  model::ScenarioPlanned scenario{report.location, report.feature, report.scenario, report.tags, {}, 0, {}};
  std::vector<model::PlatformName> platforms;
  for (const auto& [process, platform] : report.combination) {
    scenario.processes.push_back(process);
    platforms.push_back(platform);
  }
  const auto index = case_at(report.id, scenario_at(std::move(scenario)), std::move(platforms));
  auto& findings = result_.findings_[index];
  auto& known = result_.cases_[index];
  const bool given_up = std::holds_alternative<model::Cancelled>(report.outcome);
  if (known.is_over && given_up) return;  // what an earlier run found out says more
  if (findings.last && is_worth_telling(result_.read(*findings.last)))
    findings.earlier.push_back(*findings.last);
  findings.last = place;
  findings.run = result_.runs_.size() - 1;
  known.is_over = !given_up;
  known.category = model::category_of(report.outcome);
  known.is_flaky =
      model::is_passed(report.outcome) && !(findings.earlier.empty() && report.earlier_attempts.empty());
  known.duration = report.duration;
}

/// Shards come in any order; one run's plan is in its own.
void Recorder::sort_by_place() {
  auto& result = result_;
  std::vector<std::size_t> order(result.cases_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto place = [&result](std::size_t i) -> const model::SourceLocation& {
    return result.scenarios_[result.cases_[i].scenario].location;
  };
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return std::tie(place(a).uri, place(a).line) < std::tie(place(b).uri, place(b).line);
  });
  std::vector<RecordedCase> cases;
  std::vector<Recording::Findings> findings;
  for (const auto i : order) {
    cases.push_back(std::move(result.cases_[i]));
    findings.push_back(std::move(result.findings_[i]));
  }
  result.cases_ = std::move(cases);
  result.findings_ = std::move(findings);
}

void Recorder::count() {
  auto& totals = result_.totals_;
  for (const auto& one : result_.cases_) {
    switch (one.category) {
      case model::Category::passed: ++totals.passed; break;
      case model::Category::failed: ++totals.failed; break;
      case model::Category::skipped: ++totals.skipped; break;
      case model::Category::could_not_run: ++totals.could_not_run; break;
    }
    if (one.is_flaky) ++totals.flaky;
    if (!one.is_over) ++totals.not_over;
  }
}

Recording Recorder::finish() && {
  if (result_.runs_.size() > 1) sort_by_place();
  count();
  return std::move(result_);
}

}  // namespace executor::report
