// `cexec report`: reports of what was recorded, of one run or of several as one.
#pragma once

#include <string>
#include <vector>

#include "executor/cli/exit_code.h"
#include "executor/cli/run_options.h"

namespace executor::cli {

struct ReportArguments {
  std::vector<std::string> from;  ///< event files, or folders of artifacts that hold one
  RunArguments show;              ///< of these only what is to be shown, and how
};

/// Writes what is asked for; the code is what one run with this result would have ended with.
ExitCode report_command(const ReportArguments& arguments);

}  // namespace executor::cli
