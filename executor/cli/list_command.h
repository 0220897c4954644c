// `cexec list`: what a run would run.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "executor/cli/arguments.h"
#include "executor/cli/exit_code.h"
#include "executor/plan/plan.h"

namespace executor::cli {

/// Prints the plan as the arguments ask: for people, as JSON, or as ids that --from-file reads.
ExitCode list_command(const std::vector<std::string>& words, const Arguments& arguments);

/// For people: a line a scenario, by feature, with the number of its cases, and what it all comes to. Names
/// are cleaned of control characters.
void print_plan(std::ostream& out, const plan::Plan& plan, bool show_tags);

}  // namespace executor::cli
