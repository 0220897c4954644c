// `cexec doctor`: what works on the engine here, and what to do about what does not.
#pragma once

#include "executor/cli/exit_code.h"

namespace executor::cli {

/// Prints a line for each thing as it is found out; blocks for some seconds. ExitCode::could_not_run where
/// something that cexec promises does not hold here, or there is no engine.
ExitCode doctor_command();

}  // namespace executor::cli
