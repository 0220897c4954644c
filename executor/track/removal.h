// Removing what runs made: many objects at a time, and all of a run for as long as the engine may show more.
// It must not need anything of the process that made it.
#pragma once

#include <string>
#include <vector>

#include "base/deadline.h"
#include "docker/client.h"
#include "executor/track/objects.h"

namespace executor::track {

/// What a removal came to: names of what was removed, and why the rest was not.
struct Removed {
  std::vector<std::string> names;
  std::vector<std::string> failures;  ///< "cexec-1-writer: engine's message"
};

/// Removes objects, several at a time: containers first, as they hold on to the others. `call` is for each.
/// Both lists of what it came to are in the order of `objects`.
Removed remove_objects(const docker::Client& client, const std::vector<Object>& objects,
                       const docker::Call& call);

/// Removes everything of the run, again and again, until the engine has shown nothing for `quiet`: what was
/// asked for by a process that is dead now may take so long to appear. An engine that fails or does not
/// answer is asked again, ever more slowly. Blocks until then, or until `deadline`. Returns what is left, or
/// why that is not known.
docker::Result<std::vector<Object>> remove_run(const docker::Client& client, const model::RunId& run,
                                               base::milliseconds quiet, const base::Deadline& deadline);

}  // namespace executor::track
