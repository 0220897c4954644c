// What is to be run, of all that the feature files and the matrix hold. It must not know where the wishes
// come from.
#pragma once

#include <cstdint>
#include <optional>
#include <regex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "executor/config/config.h"
#include "executor/gherkin/tag_expression.h"
#include "executor/model/event.h"
#include "executor/model/ids.h"

namespace executor::plan {

/// Which of a file's scenarios: those of one line (of a feature, rule, background, scenario, examples, row
/// or step), or all.
struct PathSelection {
  std::string uri;
  std::optional<std::uint32_t> line;
};

/// What a scenario is a test of, as a tag or a folder of its path says: "@unit", "features/unit/x.feature".
enum class Level { unit, integration, system };
std::string_view name_of(Level level);

/// A condition on a scenario's name: whether `pattern` is found in it.
struct NamePattern {
  std::string text;  ///< as it was given
  std::regex pattern;
};

/// The part `index` of `count`, from 1.
struct Shard {
  std::uint32_t index = 1;
  std::uint32_t count = 1;
};

/// One case by its id, or a scenario by the part of the id before the combination.
struct WantedCase {
  std::string uri;
  std::uint32_t line = 0;
  std::vector<std::pair<model::ProcessName, model::PlatformName>> combination;  ///< empty: every one
  std::string text;                                                             ///< as it was given
  model::SourceLocation origin;                                                 ///< where it was read
};

/// Everything must hold of a case that is chosen.
struct Selection {
  std::vector<PathSelection> paths;              ///< empty: all
  std::optional<std::vector<WantedCase>> cases;  ///< nothing: all
  std::vector<gherkin::TagExpression> tags;
  std::vector<NamePattern> names;  ///< one of them is enough; empty: all
  std::set<Level> levels;          ///< one of them is enough; empty: all
  bool only_slow = false;
  /// Only scenarios with @skip, or with @planned; either way they are carried out.
  bool only_skipped = false;
  bool only_planned = false;
  std::set<model::PlatformName> platforms;  ///< that alone play; empty: all
  /// Processes and the platform each must have; "*" stands for any. A scenario without such a process is out.
  std::vector<std::pair<model::ProcessName, std::string>> combo;
  std::optional<config::Combine> combine;  ///< in the place of the config's
  std::optional<Shard> shard;
};

/// How many were left behind one of the wishes, in the order in which they were applied.
struct Narrowing {
  std::string by;      ///< "--tags", "the paths"
  std::string lacked;  ///< what those left out had not, where that is always the same: "the tag @slow"
  std::size_t before = 0;
  std::size_t left = 0;
  bool counts_cases = false;  ///< else scenarios
};

}  // namespace executor::plan
