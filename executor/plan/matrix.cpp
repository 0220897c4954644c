// One scenario × the platforms: every assignment that is allowed. It must not know the steps.
#include "executor/plan/matrix.h"

#include <algorithm>

namespace executor::plan {
namespace {

using Platforms = std::vector<const config::Platform*>;

bool is_one_of(const config::Platform& platform, const std::vector<std::string>& names) {
  return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
    return platform.name.text() == name || platform.os == name;
  });
}

/// What one process may be played by.
Platforms allowed(const ProcessName& process, const PlatformTags& tags, const config::Config& config,
                  const Selection& selection) {
  Platforms list;
  for (const auto& platform : config.platforms) {
    bool fits = std::all_of(tags.every.begin(), tags.every.end(),
                            [&](const auto& names) { return is_one_of(platform, names); });
    for (const auto& [name, names] : tags.each)
      fits = fits && (name != process || is_one_of(platform, names));
    for (const auto& [name, wanted] : selection.combo) {
      fits = fits && (name != process || wanted == "*" || wanted == platform.name.text());
    }
    if (fits) list.push_back(&platform);
  }
  return list;
}

/// An exclusion holds where every process that it names has one of the platforms that it names for it.
bool is_excluded(const Case& candidate, const config::Exclusion& exclusion) {
  const auto& processes = candidate.scenario->processes;
  return std::all_of(exclusion.where.begin(), exclusion.where.end(), [&](const auto& entry) {
    const auto at = std::find(processes.begin(), processes.end(), entry.first);
    if (at == processes.end()) return false;
    const auto* platform = candidate.platforms[static_cast<std::size_t>(at - processes.begin())];
    return entry.second.contains(platform->name);
  });
}

bool is_wanted(const Case& candidate, const config::Config& config) {
  const auto& exclude = config.matrix.exclude;
  return std::none_of(exclude.begin(), exclude.end(),
                      [&](const auto& exclusion) { return is_excluded(candidate, exclusion); });
}

}  // namespace

std::vector<Case> combine(const Scenario& scenario, const PlatformTags& tags, const config::Config& config,
                          const Selection& selection) {
  std::vector<Platforms> choices;
  for (const auto& process : scenario.processes) {
    choices.push_back(allowed(process, tags, config, selection));
    if (choices.back().empty()) return {};
  }
  std::vector<Case> cases;
  std::vector<std::size_t> picked(choices.size(), 0);
  while (true) {
    Case candidate{&scenario, {}};
    for (std::size_t i = 0; i < choices.size(); ++i) candidate.platforms.push_back(choices[i][picked[i]]);
    if (is_wanted(candidate, config)) cases.push_back(std::move(candidate));
    std::size_t i = choices.size();
    while (i > 0 && ++picked[i - 1] == choices[i - 1].size()) picked[--i] = 0;
    if (i == 0) return cases;
  }
}

}  // namespace executor::plan
