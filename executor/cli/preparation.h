// What every command does that plans: config, profile, features, selection and plan, each checked. It must
// not start anything.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "executor/cli/arguments.h"
#include "executor/cli/exit_code.h"
#include "executor/cli/feature_files.h"
#include "executor/config/config.h"
#include "executor/plan/plan.h"

namespace executor::cli {

/// The plan, and what it points into: it stays where it is.
struct Preparation {
  Arguments arguments;  ///< with the profile's
  config::Config config;
  FeatureSet features;
  plan::Selection selection;
  plan::Plan plan;
};

/// Reads and checks everything, and complains of all that is wrong or odd. `words` are the command line's.
/// The code is that with which to end: bad_input, or nothing_selected with a hint at what was meant.
tl::expected<std::unique_ptr<Preparation>, ExitCode> prepare(const std::vector<std::string>& words,
                                                             const Arguments& arguments);

}  // namespace executor::cli
