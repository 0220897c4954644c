// `cexec images`: the images of the config's platforms.
#pragma once

#include "executor/cli/arguments.h"
#include "executor/cli/exit_code.h"

namespace executor::cli {

/// Lists them, or makes what is missing. Blocks as long as that takes.
ExitCode images_command(const ImagesArguments& arguments);

}  // namespace executor::cli
