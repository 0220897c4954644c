// `cexec ps` and `cexec cleanup`: what runs hold in the engine and on this machine, and removing what dead
// ones left.
#pragma once

#include "executor/cli/exit_code.h"

namespace executor::cli {

/// What `cexec ps` takes.
struct PsArguments {
  bool verbose = false;  ///< each object, too
};

/// What `cexec cleanup` takes.
struct CleanupArguments {
  bool all = false;      ///< also of runs that live, or of which that is not known
  bool dry_run = false;  ///< only say what would be removed
};

/// Both begin with runs of host processes, and then block for the engine's answers; without an engine they
/// give ExitCode::could_not_run.
ExitCode ps_command(const PsArguments& arguments);
/// ExitCode::could_not_run also where something could not be removed.
ExitCode cleanup_command(const CleanupArguments& arguments);

}  // namespace executor::cli
