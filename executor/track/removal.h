// Removing all of a run that the engine shows, for as long as it may show more. It must not need anything of
// the process that made it.
#pragma once

#include <vector>

#include "base/deadline.h"
#include "docker/client.h"
#include "executor/track/objects.h"

namespace executor::track {

/// Removes everything of the run, again and again, until the engine has shown nothing for `quiet`: what was
/// asked for by a process that is dead now may take so long to appear. An engine that fails or does not
/// answer is asked again, ever more slowly. Blocks until then, or until `deadline`. Returns what is left, or
/// why that is not known.
docker::Result<std::vector<Object>> remove_run(const docker::Client& client, const model::RunId& run,
                                               base::milliseconds quiet, const base::Deadline& deadline);

}  // namespace executor::track
