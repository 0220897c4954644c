// One pickle → a scenario with every step and tag read and checked. It must not know combinations.
#include "executor/plan/scenario_reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "executor/gherkin/dialect.h"
#include "executor/gherkin/line.h"
#include "executor/plan/step_text.h"
#include "executor/text/nearest.h"

namespace executor::plan {
namespace {

std::string check_built_in(const Step& step, const ProcessName& process, bool is_new) {
  if (step.built_in == BuiltIn::none) return {};
  if (step.table != nullptr || step.doc_string != nullptr) {
    return fmt::format("'{}' is carried out by cexec and takes no table and no doc string", step.command);
  }
  const bool may_be_first = step.built_in == BuiltIn::starts || step.built_in == BuiltIn::restarts;
  if (!is_new || may_be_first) return {};
  return fmt::format("no step before this one starts the '{}' process", process.text());
}

StepType type_of(gherkin::KeywordType keyword, const Scenario& scenario) {
  switch (keyword) {
    case gherkin::KeywordType::context: return StepType::given;
    case gherkin::KeywordType::action: return StepType::when;
    case gherkin::KeywordType::outcome: return StepType::then;
    case gherkin::KeywordType::conjunction:
    case gherkin::KeywordType::unknown: break;
  }
  return scenario.steps.empty() ? StepType::given : scenario.steps.back().type;
}

}  // namespace

std::unique_ptr<Scenario> ScenarioReader::read(const FeatureFile& file, const gherkin::Pickle& pickle,
                                               PlatformTags& tags) {
  auto scenario = std::make_unique<Scenario>();
  scenario->file = &file;
  scenario->line = pickle.location.line;
  scenario->name = pickle.name;
  scenario->sharing = config_.scenario;
  scenario->steps.reserve(pickle.steps.size());
  for (const auto& step : pickle.steps) add_step(*scenario, step);
  if (described_.insert(pickle.scenario).second) warn_of_lost_steps(*scenario, pickle.scenario->description);
  std::vector<Problem> errors;
  std::vector<Problem> warnings;
  read_tags(pickle, config_, *scenario, tags, errors, warnings);
  for (auto& error : errors) tell(errors_, std::move(error));
  for (auto& warning : warnings) tell(warnings_, std::move(warning));
  check_host_names(*scenario);
  return scenario;
}

/// Text between a scenario's title and its first step is a description, also if it was meant as a step.
void ScenarioReader::warn_of_lost_steps(const Scenario& scenario, std::string_view description) {
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
    tell(warnings_,
         {scenario.source(),
          fmt::format("'{}' belongs to the description; if it is meant as a step, did you mean '{}'?", text,
                      meant)});
  }
}

void ScenarioReader::add_step(Scenario& scenario, const gherkin::PickleStep& source) {
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

/// On a shared network a process is found by its name.
void ScenarioReader::check_host_names(const Scenario& scenario) {
  if (!scenario.sharing.network) return;
  for (const auto& process : scenario.processes) {
    if (process.text().find_first_of("_.") == std::string::npos && process.text().back() != '-') continue;
    fail(scenario, {scenario.line, 0},
         fmt::format(
             "'{}' cannot be a host name, and this scenario shares a network; use letters, digits and '-'",
             process.text()));
  }
}

void ScenarioReader::fail(const Scenario& scenario, gherkin::Location place, std::string message) {
  tell(errors_, {{scenario.file->uri, place.line, place.column}, std::move(message)});
}

void ScenarioReader::tell(std::vector<Problem>& list, Problem problem) {
  if (told_.insert(problem.location.text() + problem.message).second) list.push_back(std::move(problem));
}

}  // namespace executor::plan
