// What a run is going to do, told before it does any of it, so that whatever becomes of it, a report can say
// what was not run. It must not know what came of it.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "executor/model/ids.h"

namespace executor::model {

using std::chrono::milliseconds;

/// A place in a feature file.
struct SourceLocation {
  std::string uri;
  std::uint32_t line = 0;
  std::uint32_t column = 0;

  [[nodiscard]] std::string text() const;  ///< "features/frames.feature:12:5"
};

/// The first event of a run.
struct RunPlanned {
  RunId run;
  std::string version;    ///< of cexec
  std::string mode;       ///< "container-seq", …
  milliseconds begun{0};  ///< since 1970-01-01 UTC
  std::size_t cases = 0;
  std::string folder;  ///< of the config, as seen from the top of its repository; empty: that is it
};

/// A feature file of the plan, as it was read.
struct FeatureSource {
  std::string uri;
  std::string text;
};

/// A scenario's case in the plan.
struct PlannedCase {
  CaseId id;
  std::vector<PlatformName> platforms;  ///< one for each process of its scenario
};

/// A scenario and all its cases, which stand together in the plan's order.
struct ScenarioPlanned {
  SourceLocation location;
  std::string feature;
  std::string scenario;
  std::vector<std::string> tags;
  std::vector<ProcessName> processes;
  std::size_t first = 0;  ///< index of its first case
  std::vector<PlannedCase> cases;
};

}  // namespace executor::model
