// What was recorded of one run or several, merged into one result. The cases' reports stay in their files
// until they are asked for, so that memory holds what is known of all cases in short only.
#include "executor/report/recording.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "executor/report/event_json.h"
#include "executor/report/recorder.h"

namespace executor::report {

using std::chrono::milliseconds;

tl::expected<Recording, std::string> Recording::open(const std::vector<std::filesystem::path>& files) {
  Recorder recorder(files);
  if (auto read = recorder.read_all(); !read) return tl::unexpected(read.error());
  return std::move(recorder).finish();
}

model::CaseReport Recording::read(const Place& place) const {
  auto event = read_event(read_part(files_[place.file], place.offset, place.length));
  if (event && event->event) {
    if (auto* finished = std::get_if<model::CaseFinished>(&*event->event)) return std::move(finished->report);
  }
  model::CaseReport lost;
  lost.outcome =
      model::CouldNotRun{fmt::format("{} has changed while it was read", files_[place.file].string()), {}};
  return lost;
}

model::CaseReport Recording::not_over(std::size_t index) const {
  const auto& known = cases_[index];
  const auto& findings = findings_[index];
  const auto& scenario = scenarios_[known.scenario];
  const auto& run = runs_[findings.run];
  model::CaseReport report;
  report.id = known.id;
  report.feature = scenario.feature;
  report.scenario = scenario.scenario;
  report.location = scenario.location;
  report.tags = scenario.tags;
  for (std::size_t i = 0; i < known.platforms.size() && i < scenario.processes.size(); ++i) {
    report.combination.emplace_back(scenario.processes[i], known.platforms[i]);
  }
  if (run.failed) {
    report.outcome = model::CouldNotRun{run.failed->reason, run.failed->hint};
  } else if (findings.running) {
    report.outcome = model::Cancelled{fmt::format("the run ended while this case was at {} {}",
                                                  findings.running->location.text(), findings.running->text)};
  } else {
    report.outcome = model::Cancelled{findings.was_begun ? "the run ended while this case was starting"
                                                         : "the run ended before this case began"};
  }
  return report;
}

model::CaseReport Recording::report(std::size_t index) const {
  const auto& findings = findings_[index];
  auto report = findings.last ? read(*findings.last) : not_over(index);
  std::vector<model::CaseReport> earlier;
  for (const auto& place : findings.earlier) {
    auto attempt = read(place);
    auto before = std::move(attempt.earlier_attempts);
    attempt.earlier_attempts.clear();
    std::move(before.begin(), before.end(), std::back_inserter(earlier));
    earlier.push_back(std::move(attempt));
  }
  report.earlier_attempts.insert(report.earlier_attempts.begin(), std::make_move_iterator(earlier.begin()),
                                 std::make_move_iterator(earlier.end()));
  return report;
}

milliseconds Recording::duration() const {
  milliseconds total{0};
  milliseconds covered{0};  // up to here
  for (const auto& run : runs_) {
    const auto begin = run.planned.begun;
    const auto end = run.finished ? begin + run.finished->duration : std::max(run.last, begin);
    if (end > std::max(begin, covered)) total += end - std::max(begin, covered);
    covered = std::max(covered, end);
  }
  return total;
}

std::string Recording::stopped_because() const {
  for (auto run = runs_.rbegin(); run != runs_.rend(); ++run) {
    if (run->finished && run->finished->stopped_because) return *run->finished->stopped_because;
    if (run->failed) return "could not begin: " + run->failed->reason;
    if (!run->finished) return fmt::format("{}: the run was killed: its last event is missing", run->file);
  }
  return {};
}

std::optional<std::vector<model::LeftBehind>> Recording::left_behind() const {
  std::vector<model::LeftBehind> objects;
  for (const auto& run : runs_) {
    // A run that could not begin made nothing, or has told of it in its own way.
    if (run.failed) continue;
    if (!run.finished || !run.finished->left_behind) return std::nullopt;
    objects.insert(objects.end(), run.finished->left_behind->begin(), run.finished->left_behind->end());
  }
  return objects;
}

std::vector<model::PlatformImage> Recording::platforms() const {
  std::vector<model::PlatformImage> all;
  std::set<std::pair<std::string, std::string>> seen;
  for (const auto& run : runs_) {
    if (!run.started) continue;
    for (const auto& platform : run.started->platforms) {
      if (seen.emplace(platform.name.text(), platform.id).second) all.push_back(platform);
    }
  }
  return all;
}

void replay(const Recording& recording, model::EventSink& sink) {
  model::RunStarted started;
  std::string ids;
  for (const auto& run : recording.runs()) {
    const auto& id = run.started ? run.started->run : run.planned.run;
    if (!id.empty()) ids += (ids.empty() ? "" : ", ") + id.text();
    if (run.started && !run.started->engine.empty()) started.engine = run.started->engine;
  }
  started.run = model::RunId(ids);
  started.platforms = recording.platforms();
  started.cases = recording.cases().size();
  sink.on_event(std::move(started));
  for (std::size_t i = 0; i < recording.cases().size(); ++i) {
    sink.on_event(model::CaseFinished{i, recording.report(i)});
  }
  model::RunFinished finished{model::RunId(ids), recording.duration(), std::nullopt, recording.left_behind()};
  if (auto reason = recording.stopped_because(); !reason.empty())
    finished.stopped_because = std::move(reason);
  sink.on_event(std::move(finished));
}

}  // namespace executor::report
