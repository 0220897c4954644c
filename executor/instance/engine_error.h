// What an engine's error means to somebody who runs cases. Internal to instance/.
#pragma once

#include <string_view>

#include "docker/error.h"
#include "executor/instance/server.h"
#include "executor/track/engine_health.h"

namespace executor::instance {

/// `what` says what was attempted: "the container of 'writer' (python) could not be started". Where the call
/// took too long it is asked whether the engine answers at all, which blocks for some seconds at most: only
/// then is it the engine's fault, and not that of a short time limit.
Error engine_error(std::string_view what, const docker::Error& error, track::EngineHealth& health);

}  // namespace executor::instance
