// Scenarios and config → the cases to run, in order, with everything about them that can be known before
// anything is started. Pure: it must not read files or ask an engine.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tl/expected.hpp>

#include "executor/config/config.h"
#include "executor/gherkin/pickle.h"
#include "executor/model/event.h"
#include "executor/model/ids.h"
#include "executor/plan/selection.h"

namespace executor::plan {

using model::CaseId;
using model::PlatformName;
using model::ProcessName;
using std::chrono::milliseconds;

/// One feature file, parsed.
struct FeatureFile {
  std::string uri;  ///< relative to the config's folder
  gherkin::Document document;
  gherkin::Pickles pickles;
};

enum class StepType { given, when, then };
std::string_view name_of(StepType type);

/// Steps that cexec carries out itself.
enum class BuiltIn {
  none,
  starts,
  stops,
  restarts,
  is_killed,
  should_have_exited,
  should_have_been_killed_for_memory,
};

/// One step, checked. Its views point into the feature file.
struct Step {
  gherkin::Location location;
  std::string_view keyword;  ///< with its space
  std::string_view text;     ///< whole
  std::string_view command;  ///< behind "the 'X' process "; the whole text if it names no process
  std::size_t process = 0;   ///< index into the scenario's processes
  StepType type = StepType::given;
  BuiltIn built_in = BuiltIn::none;
  std::int64_t exit_code = 0;  ///< for should_have_exited
  const gherkin::DataTable* table = nullptr;
  const gherkin::DocString* doc_string = nullptr;
};

/// What all cases of one pickle have in common.
struct Scenario {
  const FeatureFile* file = nullptr;
  std::uint32_t line = 0;  ///< of the scenario, or of the row of its examples
  std::string_view name;
  std::vector<std::string_view> tags;
  std::vector<ProcessName> processes;  ///< in the order in which steps first name them
  std::vector<Step> steps;
  config::Sharing sharing;
  std::optional<milliseconds> timeout;
  std::optional<milliseconds> step_timeout;
  std::optional<std::int64_t> memory;  ///< bytes, in the place of each platform's limit
  std::vector<std::string> requires_;  ///< capabilities that every server must have
  std::optional<std::string> skip;     ///< why it is not to be run
  bool is_serial = false;              ///< runs while no other case does
  bool changes_lives = false;          ///< a built-in step ends or restarts a process

  [[nodiscard]] model::SourceLocation source() const;
};

/// One scenario with one assignment.
struct Case {
  const Scenario* scenario = nullptr;
  std::vector<const config::Platform*> platforms;  ///< one for each of the scenario's processes
  std::uint32_t repetition = 1;                    ///< which one, where the same case is run several times

  [[nodiscard]] CaseId id() const;
  void append_id(std::string& text) const;
  [[nodiscard]] std::vector<std::pair<ProcessName, PlatformName>> combination() const;
};

/// Something that is wrong with, or odd about, a feature file.
struct Problem {
  model::SourceLocation location;
  std::string message;
};

struct Plan {
  std::vector<std::unique_ptr<Scenario>> scenarios;  ///< that have a case
  std::vector<Case> cases;                           ///< those of one scenario together
  std::vector<Problem> warnings;
  std::size_t pickles = 0;            ///< in all files, chosen or not
  std::set<ProcessName> processes;    ///< of all chosen scenarios, with or without a case
  std::vector<Narrowing> narrowings;  ///< what each wish of the selection left, in order
};

/// The platforms that the plan's cases use, in the config's order.
std::vector<const config::Platform*> used_platforms(const Plan& plan);

/// Checks every step and tag of every selected scenario and multiplies by the matrix. The files and the
/// config must outlive the plan. On failure: everything that is wrong, in the order of the files.
tl::expected<Plan, std::vector<Problem>> make_plan(const std::vector<FeatureFile>& files,
                                                   const config::Config& config, const Selection& selection);

}  // namespace executor::plan
