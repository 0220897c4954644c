// Scenarios and config → the cases to run, in order, with everything about them that can be known before
// anything is started. Pure: it must not read files or ask an engine.
#include "executor/plan/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "executor/plan/chooser.h"
#include "executor/plan/matrix.h"
#include "executor/plan/scenario_reader.h"
#include "executor/plan/sharding.h"
#include "executor/plan/tags.h"

namespace executor::plan {
namespace {

class Planner {
 public:
  Planner(const config::Config& config, const Selection& selection)
      : config_(config),
        selection_(selection),
        chooser_(selection),
        matrix_(config, selection),
        reader_(config, errors_, plan_.warnings) {
    if (selection.shard) sharding_.emplace(*selection.shard);
    if (!selection.cases) return;
    for (const auto& wanted : *selection.cases) wanted_[{wanted.uri, wanted.line}].push_back(&wanted);
  }

  tl::expected<Plan, std::vector<Problem>> run(const std::vector<FeatureFile>& files) {
    for (const auto& file : files) {
      plan_.pickles += file.pickles.pickles.size();
      for (const auto& pickle : file.pickles.pickles) {
        if (selection_.cases) places_.emplace(file.uri, pickle.location.line);
        if (chooser_.chooses(file, pickle)) add(file, pickle);
      }
    }
    fail_for_missing_cases();
    finish_narrowings();
    warn_of_unused_exclusions();
    if (!errors_.empty()) return tl::unexpected(std::move(errors_));
    return std::move(plan_);
  }

 private:
  void add(const FeatureFile& file, const gherkin::Pickle& pickle) {
    ++chosen_;
    PlatformTags tags;
    auto scenario = reader_.read(file, pickle, tags);
    if (selection_.only_skipped || selection_.only_planned) scenario->skip.reset();
    plan_.processes.insert(scenario->processes.begin(), scenario->processes.end());
    if (!has_processes_of_combo(*scenario)) return;
    if (scenario->steps.empty()) return warn(*scenario, "has no steps: nothing to run");
    add_cases(std::move(scenario), pickle, tags);
  }

  void add_cases(std::unique_ptr<Scenario> scenario, const gherkin::Pickle& pickle,
                 const PlatformTags& tags) {
    auto cases = cases_of(*scenario, tags);
    combinations_ += cases.size();
    if (cases.empty() && !narrows_platforms()) {
      warn(*scenario,
           config_.matrix.combine == config::Combine::all
               ? "no combination is left: its tags and matrix.exclude rule all of them out"
               : "no combination is left: its tags, matrix.exclude and matrix.combine rule all of them out");
    }
    if (sharding_) {
      const auto first = sharding_->first_shard_of(*scenario->file, pickle);
      std::size_t index = 0;
      std::erase_if(cases, [&](const Case&) { return !sharding_->takes(first, index++); });
    }
    if (cases.empty()) return;
    plan_.cases.insert(plan_.cases.end(), std::make_move_iterator(cases.begin()),
                       std::make_move_iterator(cases.end()));
    plan_.scenarios.push_back(std::move(scenario));
  }

  /// Those that were named by their ids, or all.
  std::vector<Case> cases_of(const Scenario& scenario, const PlatformTags& tags) {
    const auto named = wanted_.find({scenario.file->uri, scenario.line});
    if (named == wanted_.end()) return matrix_.cases_of(scenario, tags);
    const auto& list = named->second;
    found_.insert(list.begin(), list.end());
    if (std::any_of(list.begin(), list.end(), [](const auto* w) { return w->combination.empty(); })) {
      return matrix_.cases_of(scenario, tags);
    }
    std::vector<Case> cases;
    for (const auto* wanted : list) {
      auto found = matrix_.case_of(scenario, tags, *wanted);
      if (!found) {
        fail_for(*wanted, found.error());
        continue;
      }
      const auto same = [&](const Case& other) { return other.platforms == found->platforms; };
      if (std::none_of(cases.begin(), cases.end(), same)) cases.push_back(std::move(*found));
    }
    return cases;
  }

  [[nodiscard]] bool narrows_platforms() const {
    return !selection_.combo.empty() || !selection_.platforms.empty() || selection_.combine ||
           selection_.cases;
  }

  void fail_for(const WantedCase& wanted, std::string_view why) {
    errors_.push_back({wanted.origin, fmt::format("there is no case '{}': {}", wanted.text, why)});
  }

  /// Of a place where no scenario stands; what else was wished for may have left one out on purpose.
  void fail_for_missing_cases() {
    if (!selection_.cases) return;
    for (const auto& wanted : *selection_.cases) {
      if (!found_.contains(&wanted) && !places_.contains({wanted.uri, wanted.line})) {
        fail_for(wanted, "no scenario begins there");
      }
    }
  }

  void finish_narrowings() {
    plan_.narrowings = chooser_.narrowings();
    if (narrows_platforms()) {
      plan_.narrowings.push_back({"the platforms", {}, combinations_, combinations_, true});
    }
    if (sharding_) plan_.narrowings.push_back({"--shard", {}, combinations_, plan_.cases.size(), true});
  }

  void warn(const Scenario& scenario, std::string message) {
    plan_.warnings.push_back({scenario.source(), std::move(message)});
  }

  [[nodiscard]] bool has_processes_of_combo(const Scenario& scenario) const {
    return std::all_of(selection_.combo.begin(), selection_.combo.end(), [&](const auto& entry) {
      return std::find(scenario.processes.begin(), scenario.processes.end(), entry.first) !=
             scenario.processes.end();
    });
  }

  /// Only where everything was looked at: a selection leaves processes out on purpose.
  void warn_of_unused_exclusions() {
    if (plan_.pickles != chosen_) return;
    for (const auto& exclusion : config_.matrix.exclude) {
      for (const auto& [process, platforms] : exclusion.where) {
        if (plan_.processes.contains(process)) continue;
        plan_.warnings.push_back(
            {{config_.file.string(), static_cast<std::uint32_t>(exclusion.line), 0},
             fmt::format("matrix.exclude names '{}', but no scenario has such a process", process.text())});
      }
    }
  }

  const config::Config& config_;
  const Selection& selection_;
  Chooser chooser_;
  Matrix matrix_;
  ScenarioReader reader_;
  std::optional<Sharding> sharding_;
  std::map<std::pair<std::string_view, std::uint32_t>, std::vector<const WantedCase*>> wanted_;
  std::set<std::pair<std::string_view, std::uint32_t>> places_;  ///< of all scenarios, where cases are wanted
  std::set<const WantedCase*> found_;
  std::size_t chosen_ = 0;        ///< scenarios
  std::size_t combinations_ = 0;  ///< of them, before sharding
  Plan plan_;
  std::vector<Problem> errors_;
};

}  // namespace

std::string_view name_of(StepType type) {
  switch (type) {
    case StepType::given: return "given";
    case StepType::when: return "when";
    case StepType::then: return "then";
  }
  return "given";
}

model::SourceLocation Scenario::source() const {
  return {file->uri, line, 0};
}

CaseId Case::id() const {
  std::string text;
  append_id(text);
  return CaseId(std::move(text));
}

void Case::append_id(std::string& text) const {
  text += scenario->file->uri;
  text += ':';
  text += std::to_string(scenario->line);
  for (std::size_t i = 0; i < platforms.size(); ++i) {
    text += ' ';
    text += scenario->processes[i].text();
    text += '=';
    text += platforms[i]->name.text();
  }
}

std::vector<std::pair<ProcessName, PlatformName>> Case::combination() const {
  std::vector<std::pair<ProcessName, PlatformName>> pairs;
  for (std::size_t i = 0; i < platforms.size(); ++i) {
    pairs.emplace_back(scenario->processes[i], platforms[i]->name);
  }
  return pairs;
}

std::vector<const config::Platform*> used_platforms(const Plan& plan) {
  std::set<const config::Platform*> seen;
  for (const auto& planned : plan.cases) seen.insert(planned.platforms.begin(), planned.platforms.end());
  std::vector<const config::Platform*> used(seen.begin(), seen.end());
  std::sort(used.begin(), used.end(), [](const auto* a, const auto* b) { return a->line < b->line; });
  return used;
}

tl::expected<Plan, std::vector<Problem>> make_plan(const std::vector<FeatureFile>& files,
                                                   const config::Config& config, const Selection& selection) {
  return Planner(config, selection).run(files);
}

}  // namespace executor::plan
