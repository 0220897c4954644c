// What a run is going to do, as the first events of it. It must not know who listens.
#include "executor/cli/plan_events.h"

#include <set>

#include "executor/cli/version.h"

namespace executor::cli {
namespace {

namespace fs = std::filesystem;

/// `folder` as seen from the top of its repository, where git's folder, or file, stands; empty if it is the
/// top, or there is none.
std::string below_repository(const fs::path& folder) {
  std::error_code error;
  for (auto top = folder;; top = top.parent_path()) {
    if (fs::exists(top / ".git", error)) {
      const auto below = folder.lexically_relative(top);
      return below == "." ? std::string() : below.generic_string();
    }
    if (!top.has_relative_path()) return {};
  }
}

model::ScenarioPlanned planned(const plan::Scenario& scenario, std::size_t first) {
  model::ScenarioPlanned event;
  event.location = scenario.source();
  event.feature = scenario.file->document.feature->name;
  event.scenario = scenario.name;
  event.tags.assign(scenario.tags.begin(), scenario.tags.end());
  event.processes = scenario.processes;
  event.first = first;
  return event;
}

}  // namespace

void tell_plan(const Preparation& prepared, const model::RunId& run, const std::string& mode,
               model::EventSink& sink) {
  const auto& plan = prepared.plan;
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  sink.on_event(model::RunPlanned{run, kVersion, mode, std::chrono::duration_cast<milliseconds>(now),
                                  plan.cases.size(), below_repository(prepared.config.root)});
  std::set<const plan::FeatureFile*> told;
  for (const auto& scenario : plan.scenarios) {
    if (!told.insert(scenario->file).second) continue;
    sink.on_event(model::FeatureSource{scenario->file->uri, *scenario->file->document.source});
  }
  for (std::size_t i = 0; i < plan.cases.size();) {
    const auto* scenario = plan.cases[i].scenario;
    auto event = planned(*scenario, i);
    for (; i < plan.cases.size() && plan.cases[i].scenario == scenario; ++i) {
      model::PlannedCase one{plan.cases[i].id(), {}};
      for (const auto* platform : plan.cases[i].platforms) one.platforms.push_back(platform->name);
      event.cases.push_back(std::move(one));
    }
    sink.on_event(std::move(event));
  }
}

}  // namespace executor::cli
