// `cexec run`: config, features and plan, and then the run itself. Nothing is started before all of them are
// known to be right.
#pragma once

#include <string>
#include <vector>

#include "executor/cli/arguments.h"
#include "executor/cli/exit_code.h"
#include "executor/track/watchdog.h"

namespace executor::cli {

/// Runs what the command line asks for; blocks until it is over. `words` are those of the command line, for
/// profiles; `program` is how this program was called, for the commands that it prints. `watchdog` may be
/// null.
ExitCode run_command(const std::vector<std::string>& words, const Arguments& arguments,
                     const std::string& program, track::Watchdog* watchdog);

}  // namespace executor::cli
