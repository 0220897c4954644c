// One scenario × the platforms: every assignment that is allowed. It must not know the steps.
#pragma once

#include <vector>

#include "executor/plan/plan.h"
#include "executor/plan/tags.h"

namespace executor::plan {

/// The cases of one scenario, the first process's platform changing slowest, platforms in the config's order.
/// A scenario without processes has one case.
std::vector<Case> combine(const Scenario& scenario, const PlatformTags& tags, const config::Config& config,
                          const Selection& selection);

}  // namespace executor::plan
