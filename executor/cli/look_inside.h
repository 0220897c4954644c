// Looking into the containers of a case that has failed, while they are kept: telling how, and opening a
// shell beside one of them. It must not know why the case failed.
#pragma once

#include <string>

#include "docker/client.h"
#include "executor/model/ids.h"
#include "executor/schedule/options.h"

namespace executor::cli {

struct LookInside {
  model::RunId run;         ///< to whose objects the shell's container belongs
  std::string shell;        ///< process; empty: no shell is opened
  std::string debug_image;  ///< what the shell is in
};

/// Tells which containers are kept; opens the shell, if one is asked for, or else waits for a line on stdin.
/// Blocks until then, or until the case is to stop.
void look_inside(const docker::Client& client, const LookInside& wish, const schedule::FailedCase& failed);

}  // namespace executor::cli
