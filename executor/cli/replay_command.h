// `cexec replay`: one recorded case, run again.
#pragma once

#include "executor/cli/exit_code.h"
#include "executor/cli/replay_options.h"
#include "executor/track/watchdog.h"

namespace executor::cli {

/// Reads the bundle, gets its images, tells what differs here, runs the case and compares. Blocks until it is
/// over. `watchdog` may be null. The exit code: all_passed if it ended as recorded, some_failed if not,
/// bad_input for a bundle that is refused, could_not_run where there is no engine or no image.
ExitCode replay_command(const ReplayArguments& arguments, track::Watchdog* watchdog);

}  // namespace executor::cli
