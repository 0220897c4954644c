// A bundle made ready to run again: its config, its feature and the plan of its one case. What it holds may
// be a stranger's: nothing that gives up isolation comes through unasked.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "executor/bundle/archive.h"
#include "executor/config/config.h"
#include "executor/config/loader.h"
#include "executor/plan/plan.h"

namespace executor::replay {

/// All of it points into itself: it stays where it is.
struct Opened {
  bundle::Bundle bundle;
  config::Config config;
  std::vector<plan::FeatureFile> files;
  plan::Plan plan;  ///< one case
};

/// Checks what the bundle says. `environment` gives the values of masked variables. Refused: a config with
/// `build` or `process`, as it would reach for this machine's files, and, unless `allow_unsafe`, one with
/// keys that weaken isolation; a feature that does not have the recorded case. The error says what is wrong.
tl::expected<std::unique_ptr<Opened>, std::string> open(bundle::Bundle bundle, const std::string& name,
                                                        const config::Environment& environment,
                                                        bool allow_unsafe);

}  // namespace executor::replay
