// What an engine's error means to somebody who runs cases. Internal to instance/.
#pragma once

#include <string_view>

#include "docker/error.h"
#include "executor/instance/server.h"

namespace executor::instance {

/// `what` says what was attempted: "the container of 'writer' (python) could not be started".
Error engine_error(std::string_view what, const docker::Error& error);

}  // namespace executor::instance
