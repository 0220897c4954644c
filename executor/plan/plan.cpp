// Scenarios and config → the cases to run, in order, with everything about them that can be known before
// anything is started. Pure: it must not read files or ask an engine.
#include "executor/plan/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "executor/gherkin/dialect.h"
#include "executor/gherkin/line.h"
#include "executor/plan/matrix.h"
#include "executor/plan/step_text.h"
#include "executor/plan/tags.h"
#include "executor/text/nearest.h"

namespace executor::plan {
namespace {

/// Whether `line` stands for this pickle: the line of its feature, rule, scenario, examples or row, or of one
/// of its steps.
bool is_at_line(const gherkin::Pickle& pickle, const gherkin::Feature& feature, std::uint32_t line) {
  if (line == pickle.location.line || line == pickle.scenario->location.line) return true;
  if (line == feature.location.line || (pickle.rule != nullptr && line == pickle.rule->location.line))
    return true;
  for (const auto& examples : pickle.scenario->examples) {
    const auto& body = examples.body;
    const bool mine =
        std::any_of(body.begin(), body.end(), [&](const auto& row) { return &row == pickle.row; });
    if (mine &&
        (line == examples.location.line || (examples.header && line == examples.header->location.line))) {
      return true;
    }
  }
  const auto& steps = pickle.scenario->steps;
  return std::any_of(steps.begin(), steps.end(),
                     [line](const auto& step) { return step.location.line == line; });
}

bool is_selected(const FeatureFile& file, const gherkin::Pickle& pickle, const Selection& selection) {
  if (selection.paths.empty()) return true;
  return std::any_of(selection.paths.begin(), selection.paths.end(), [&](const PathSelection& path) {
    if (path.uri != file.uri) return false;
    return !path.line || is_at_line(pickle, *file.document.feature, *path.line);
  });
}

class Planner {
 public:
  Planner(const config::Config& config, const Selection& selection)
      : config_(config), selection_(selection) {}

  tl::expected<Plan, std::vector<Problem>> run(const std::vector<FeatureFile>& files) {
    if (config_.matrix.combine != config::Combine::all) {
      errors_.push_back({{config_.file.string(), static_cast<std::uint32_t>(config_.matrix.combine_line), 0},
                         "matrix.combine: this version knows 'all' only"});
    }
    for (const auto& file : files) {
      for (const auto& pickle : file.pickles.pickles) {
        if (is_selected(file, pickle, selection_)) add(file, pickle);
      }
    }
    warn_of_unused_exclusions();
    if (!errors_.empty()) return tl::unexpected(std::move(errors_));
    return std::move(plan_);
  }

 private:
  void add(const FeatureFile& file, const gherkin::Pickle& pickle) {
    auto scenario = std::make_unique<Scenario>();
    scenario->file = &file;
    scenario->line = pickle.location.line;
    scenario->name = pickle.name;
    scenario->sharing = config_.scenario;
    for (const auto& step : pickle.steps) add_step(*scenario, step);
    if (described_.insert(pickle.scenario).second)
      warn_of_lost_steps(*scenario, pickle.scenario->description);
    PlatformTags tags;
    read_tags(pickle, config_, *scenario, tags, errors_, plan_.warnings);
    check_host_names(*scenario);
    for (const auto& process : scenario->processes) seen_.insert(process);
    if (!has_processes_of_combo(*scenario)) return;
    if (scenario->steps.empty()) return warn(*scenario, "has no steps: nothing to run");
    auto cases = combine(*scenario, tags, config_, selection_);
    if (cases.empty() && selection_.combo.empty()) {
      warn(*scenario, "no combination is left: its tags and matrix.exclude rule all of them out");
    }
    plan_.cases.insert(plan_.cases.end(), std::make_move_iterator(cases.begin()),
                       std::make_move_iterator(cases.end()));
    plan_.scenarios.push_back(std::move(scenario));
  }

  /// Text between a scenario's title and its first step is a description, also if it was meant as a step.
  void warn_of_lost_steps(const Scenario& scenario, std::string_view description) {
    const auto* dialect = gherkin::find_dialect(scenario.file->document.feature->language);
    std::vector<std::string> keywords;
    for (const auto& keyword : dialect->steps) keywords.emplace_back(gherkin::trim_right(keyword.text));
    while (!description.empty()) {
      const auto line = description.substr(0, description.find('\n'));
      description.remove_prefix(std::min(description.size(), line.size() + 1));
      const auto text = gherkin::trim(line);
      const auto word = text.substr(0, text.find(' '));
      // Prose begins with "They" and "Than" too; only a line that addresses a process is suspicious.
      if (text.find("' process ") == std::string_view::npos) continue;
      const auto meant = text::nearest(word, keywords);
      if (meant.empty()) continue;
      warn(scenario,
           fmt::format("'{}' belongs to the description; if it is meant as a step, did you mean '{}'?", text,
                       meant));
    }
  }

  void warn(const Scenario& scenario, std::string message) {
    plan_.warnings.push_back({scenario.source(), std::move(message)});
  }

  void fail(const Scenario& scenario, gherkin::Location place, std::string message) {
    const model::SourceLocation location{scenario.file->uri, place.line, place.column};
    // A background's step stands in many pickles; one complaint is enough.
    const auto same = [&](const Problem& p) {
      return p.location.text() == location.text() && p.message == message;
    };
    if (std::none_of(errors_.begin(), errors_.end(), same)) errors_.push_back({location, std::move(message)});
  }

  void add_step(Scenario& scenario, const gherkin::PickleStep& source) {
    Step step;
    step.location = source.step->location;
    step.keyword = source.step->keyword;
    step.text = source.text;
    step.table = source.table;
    step.doc_string = source.doc_string;
    step.type = type_of(source.type, scenario);
    auto read = read_step_text(source.text);
    if (!read) return fail(scenario, step.location, read.error());
    if (!read->process) read->process = config_.default_process;
    if (!read->process) {
      return fail(
          scenario, step.location,
          fmt::format("'{}' names no process; write \"the 'NAME' process …\", or set default_process in {}",
                      source.text, config_.file.filename().string()));
    }
    step.command = read->command;
    step.built_in = read->built_in;
    step.exit_code = read->exit_code;
    const bool is_new = std::find(scenario.processes.begin(), scenario.processes.end(), *read->process) ==
                        scenario.processes.end();
    if (auto wrong = check_built_in(step, *read->process, is_new); !wrong.empty()) {
      fail(scenario, step.location, std::move(wrong));
    }
    if (is_new) scenario.processes.push_back(*read->process);
    step.process = static_cast<std::size_t>(
        std::find(scenario.processes.begin(), scenario.processes.end(), *read->process) -
        scenario.processes.begin());
    scenario.changes_lives =
        scenario.changes_lives || (step.built_in != BuiltIn::none && step.built_in != BuiltIn::starts);
    scenario.steps.push_back(step);
  }

  static std::string check_built_in(const Step& step, const ProcessName& process, bool is_new) {
    if (step.built_in == BuiltIn::none) return {};
    if (step.table != nullptr || step.doc_string != nullptr) {
      return fmt::format("'{}' is carried out by cexec and takes no table and no doc string", step.command);
    }
    const bool may_be_first = step.built_in == BuiltIn::starts || step.built_in == BuiltIn::restarts;
    if (!is_new || may_be_first) return {};
    return fmt::format("no step before this one starts the '{}' process", process.text());
  }

  static StepType type_of(gherkin::KeywordType keyword, const Scenario& scenario) {
    switch (keyword) {
      case gherkin::KeywordType::context: return StepType::given;
      case gherkin::KeywordType::action: return StepType::when;
      case gherkin::KeywordType::outcome: return StepType::then;
      case gherkin::KeywordType::conjunction:
      case gherkin::KeywordType::unknown: break;
    }
    return scenario.steps.empty() ? StepType::given : scenario.steps.back().type;
  }

  /// On a shared network a process is found by its name.
  void check_host_names(const Scenario& scenario) {
    if (!scenario.sharing.network) return;
    for (const auto& process : scenario.processes) {
      if (process.text().find_first_of("_.") == std::string::npos && process.text().back() != '-') continue;
      fail(scenario, {scenario.line, 0},
           fmt::format(
               "'{}' cannot be a host name, and this scenario shares a network; use letters, digits and '-'",
               process.text()));
    }
  }

  [[nodiscard]] bool has_processes_of_combo(const Scenario& scenario) const {
    return std::all_of(selection_.combo.begin(), selection_.combo.end(), [&](const auto& entry) {
      return std::find(scenario.processes.begin(), scenario.processes.end(), entry.first) !=
             scenario.processes.end();
    });
  }

  /// Only where everything was looked at: a selection leaves processes out on purpose.
  void warn_of_unused_exclusions() {
    if (!selection_.paths.empty()) return;
    for (const auto& exclusion : config_.matrix.exclude) {
      for (const auto& [process, platforms] : exclusion.where) {
        if (seen_.contains(process)) continue;
        plan_.warnings.push_back(
            {{config_.file.string(), static_cast<std::uint32_t>(exclusion.line), 0},
             fmt::format("matrix.exclude names '{}', but no scenario has such a process", process.text())});
      }
    }
  }

  const config::Config& config_;
  const Selection& selection_;
  Plan plan_;
  std::vector<Problem> errors_;
  std::set<ProcessName> seen_;
  std::set<const gherkin::Scenario*> described_;  ///< looked at: an outline has many pickles
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
  std::string text = scenario->source().text();
  for (std::size_t i = 0; i < platforms.size(); ++i) {
    text += fmt::format(" {}={}", scenario->processes[i].text(), platforms[i]->name.text());
  }
  return CaseId(std::move(text));
}

std::vector<std::pair<ProcessName, PlatformName>> Case::combination() const {
  std::vector<std::pair<ProcessName, PlatformName>> pairs;
  for (std::size_t i = 0; i < platforms.size(); ++i) {
    pairs.emplace_back(scenario->processes[i], platforms[i]->name);
  }
  return pairs;
}

tl::expected<Plan, std::vector<Problem>> make_plan(const std::vector<FeatureFile>& files,
                                                   const config::Config& config, const Selection& selection) {
  return Planner(config, selection).run(files);
}

}  // namespace executor::plan
