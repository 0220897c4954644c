// A plan out of a feature's text, for tests.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "executor/plan/plan.h"

namespace tests {

/// The platforms a test plans with: python, cpp and node, with the built-in limits.
executor::config::Config three_platforms();

/// The first of them alone, with little patience at a server's end.
executor::config::Config one_platform();

/// Parses and plans; keeps all that the plan points into.
struct PlannedText {
  explicit PlannedText(const std::string& text, executor::config::Config with = three_platforms(),
                       const executor::plan::Selection& selection = {},
                       const std::string& uri = "features/x.feature");

  executor::config::Config config;
  std::vector<executor::plan::FeatureFile> files;
  executor::plan::Plan plan;
  std::vector<std::string> ids;       ///< of the cases
  std::vector<std::string> warnings;  ///< "place: message"
  std::vector<std::string> errors;
};

}  // namespace tests
