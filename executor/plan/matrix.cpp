// One scenario × the platforms: the assignments that are to be run. It must not know the steps.
#include "executor/plan/matrix.h"

#include <fmt/format.h>

#include <algorithm>

#include "executor/plan/covering.h"
#include "executor/plan/each_value.h"

namespace executor::plan {
namespace {

using config::Combine;

bool is_one_of(const config::Platform& platform, const std::vector<std::string>& names) {
  return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
    return platform.name.text() == name || platform.os == name;
  });
}

std::size_t index_of(const Scenario& scenario, const ProcessName& process) {
  const auto& all = scenario.processes;
  return static_cast<std::size_t>(std::find(all.begin(), all.end(), process) - all.begin());
}

}  // namespace

Matrix::Matrix(const config::Config& config, const Selection& selection)
    : config_(config), selection_(selection), combine_(selection.combine.value_or(config.matrix.combine)) {}

std::vector<Case> Matrix::cases_of(const Scenario& scenario, const PlatformTags& tags) {
  const auto choices = choices_of(scenario, tags);
  if (std::any_of(choices.begin(), choices.end(), [](const auto& list) { return list.empty(); })) return {};
  switch (combine_) {
    case Combine::same: return same(scenario, choices);
    case Combine::pairwise:
    case Combine::each: return covering(scenario, choices);
    case Combine::all: break;
  }
  return all(scenario, choices);
}

tl::expected<Case, std::string> Matrix::case_of(const Scenario& scenario, const PlatformTags& tags,
                                                const WantedCase& wanted) const {
  const auto choices = choices_of(scenario, tags);
  Case found{&scenario, Platforms(choices.size(), nullptr)};
  for (const auto& [process, platform] : wanted.combination) {
    const auto index = index_of(scenario, process);
    if (index == choices.size()) return tl::unexpected(fmt::format("it has no process '{}'", process.text()));
    const auto& list = choices[index];
    const auto at = std::find_if(list.begin(), list.end(),
                                 [&platform = platform](const auto* p) { return p->name == platform; });
    if (at == list.end()) {
      return tl::unexpected(fmt::format("'{}' is not played by '{}'", process.text(), platform.text()));
    }
    found.platforms[index] = *at;
  }
  const auto open = std::find(found.platforms.begin(), found.platforms.end(), nullptr);
  if (open != found.platforms.end()) {
    const auto& process = scenario.processes[static_cast<std::size_t>(open - found.platforms.begin())];
    return tl::unexpected(fmt::format("it says no platform for '{}'", process.text()));
  }
  if (is_excluded(found)) return tl::unexpected(std::string("matrix.exclude rules it out"));
  return found;
}

/// What one process may be played by.
Matrix::Platforms Matrix::choices_for(const ProcessName& process, const PlatformTags& tags) const {
  Platforms list;
  for (const auto& platform : config_.platforms) {
    bool fits = std::all_of(tags.every.begin(), tags.every.end(),
                            [&](const auto& names) { return is_one_of(platform, names); });
    for (const auto& [name, names] : tags.each)
      fits = fits && (name != process || is_one_of(platform, names));
    for (const auto& [name, wanted] : selection_.combo) {
      fits = fits && (name != process || wanted == "*" || wanted == platform.name.text());
    }
    fits = fits && (selection_.platforms.empty() || selection_.platforms.contains(platform.name));
    if (fits) list.push_back(&platform);
  }
  return list;
}

Matrix::Choices Matrix::choices_of(const Scenario& scenario, const PlatformTags& tags) const {
  Choices choices;
  for (const auto& process : scenario.processes) choices.push_back(choices_for(process, tags));
  return choices;
}

/// An exclusion holds where every process that it names has one of the platforms that it names for it.
bool Matrix::is_excluded(const Case& candidate) const {
  const auto holds = [&](const config::Exclusion& exclusion) {
    return std::all_of(exclusion.where.begin(), exclusion.where.end(), [&](const auto& entry) {
      const auto index = index_of(*candidate.scenario, entry.first);
      return index < candidate.platforms.size() && entry.second.contains(candidate.platforms[index]->name);
    });
  };
  const auto& exclude = config_.matrix.exclude;
  return std::any_of(exclude.begin(), exclude.end(), holds);
}

std::vector<Case> Matrix::all(const Scenario& scenario, const Choices& choices) const {
  std::vector<Case> cases;
  std::vector<std::size_t> picked(choices.size(), 0);
  while (true) {
    Case candidate{&scenario, {}};
    candidate.platforms.reserve(choices.size());
    for (std::size_t i = 0; i < choices.size(); ++i) candidate.platforms.push_back(choices[i][picked[i]]);
    if (!is_excluded(candidate)) cases.push_back(std::move(candidate));
    std::size_t i = choices.size();
    while (i > 0 && ++picked[i - 1] == choices[i - 1].size()) picked[--i] = 0;
    if (i == 0) return cases;
  }
}

std::vector<Case> Matrix::same(const Scenario& scenario, const Choices& choices) const {
  if (choices.empty()) return all(scenario, choices);
  std::vector<Case> cases;
  for (const auto* platform : choices.front()) {
    const bool plays_all = std::all_of(choices.begin(), choices.end(), [platform](const auto& list) {
      return std::find(list.begin(), list.end(), platform) != list.end();
    });
    Case candidate{&scenario, Platforms(choices.size(), platform)};
    if (plays_all && !is_excluded(candidate)) cases.push_back(std::move(candidate));
  }
  return cases;
}

std::vector<Case> Matrix::covering(const Scenario& scenario, const Choices& choices) {
  auto [entry, is_new] = covered_.try_emplace({scenario.processes, choices});
  if (is_new) {
    std::vector<std::size_t> levels;
    for (const auto& list : choices) levels.push_back(list.size());
    const auto rules = forbidden(scenario, choices);
    entry->second = combine_ == Combine::each ? cover_each(levels, rules) : cover_pairs(levels, rules);
  }
  std::vector<Case> cases;
  for (const auto& row : entry->second) {
    Case planned{&scenario, {}};
    for (std::size_t i = 0; i < row.size(); ++i) planned.platforms.push_back(choices[i][row[i]]);
    cases.push_back(std::move(planned));
  }
  return cases;
}

/// The exclusions in numbers: processes and platforms by their places in `choices`.
std::vector<Forbidden> Matrix::forbidden(const Scenario& scenario, const Choices& choices) const {
  std::vector<Forbidden> rules;
  for (const auto& exclusion : config_.matrix.exclude) {
    Forbidden rule;
    for (const auto& [process, platforms] : exclusion.where) {
      const auto index = index_of(scenario, process);
      if (index == choices.size()) break;
      std::vector<std::size_t> values;
      for (std::size_t i = 0; i < choices[index].size(); ++i) {
        if (platforms.contains(choices[index][i]->name)) values.push_back(i);
      }
      rule.where.emplace_back(index, std::move(values));
    }
    if (rule.where.size() == exclusion.where.size()) rules.push_back(std::move(rule));
  }
  return rules;
}

}  // namespace executor::plan
