// What the watchdog does for a run whose cexec has died, and the note that it leaves where it could not. It
// must not need anything of that process but the run's id and the environment.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "base/deadline.h"
#include "executor/model/ids.h"

namespace executor::cli {

/// Removes everything of the run. Blocks until the engine has shown nothing of it for 10 seconds, however
/// often it has to be asked: an engine that is slow, hangs or is started again gets `patience`. Then it
/// leaves a note for the next start.
void clean_up_after(const model::RunId& run, base::milliseconds patience = std::chrono::minutes(10));

/// How the watchdog is told of a run of host processes: no engine is asked for it.
model::RunId without_engine(const model::RunId& run);

/// The notes of watchdogs that gave up, a sentence each; they are taken away.
std::vector<std::string> take_notes();

}  // namespace executor::cli
