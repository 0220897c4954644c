// `cexec run --dry-run`: everything that can be known of a run without starting anything.
#pragma once

#include "executor/cli/exit_code.h"
#include "executor/cli/preparation.h"

namespace executor::cli {

/// Prints the plan, asks the engine for every image that it needs, and says what a run would pull or build.
/// Blocks for the engine's answers, 30 s each at most. Without an engine: ExitCode::could_not_run. In a mode
/// of host processes it looks for their programs instead.
ExitCode dry_run(const Preparation& prepared, config::Mode mode);

}  // namespace executor::cli
