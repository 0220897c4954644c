// What a run is going to do, as the first events of it. It must not know who listens.
#pragma once

#include "executor/cli/preparation.h"
#include "executor/model/event.h"

namespace executor::cli {

/// Tells the sink of the plan: the run, its feature files, its scenarios and cases. `mode` is the option's
/// name.
void tell_plan(const Preparation& prepared, const model::RunId& run, const std::string& mode,
               model::EventSink& sink);

}  // namespace executor::cli
