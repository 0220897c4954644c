// `cexec images`: the images of the config's platforms.
#pragma once

#include "executor/cli/arguments.h"
#include "executor/cli/exit_code.h"

namespace executor::cli {

/// Lists them, makes what is missing, pulls, or writes images.lock. Blocks as long as that takes. `--check`
/// gives could_not_run where an image is missing or is not as locked.
ExitCode images_command(const ImagesArguments& arguments);

}  // namespace executor::cli
