// Starting, signalling, stopping and removing a container. It must not know what runs inside.
#pragma once

#include <chrono>
#include <string>

#include "docker/client.h"

namespace docker {

/// POST /containers/{id}/start. One that runs already is success. Refused with 404, or 400 and 500 when its
/// command cannot be executed or a limit cannot be set; the message says which.
Result<void> start_container(const Client& client, const std::string& id, const Call& call);

/// POST /containers/{id}/kill?signal=NAME ("SIGTERM", "SIGKILL"). One that does not run (409) or does not
/// exist (404) is success: the caller wants it ended.
Result<void> kill_container(const Client& client, const std::string& id, const std::string& signal,
                            const Call& call);

/// POST /containers/{id}/stop?t=SECONDS: SIGTERM, and SIGKILL after `grace` (whole seconds, rounded up).
/// Blocks until it has stopped. One that does not run is success.
Result<void> stop_container(const Client& client, const std::string& id, std::chrono::milliseconds grace,
                            const Call& call);

/// DELETE /containers/{id}?force=1&v=1: kills it if it runs, and removes it with its anonymous volumes. One
/// that does not exist (404) is success; while another removal is under way (409) it is asked for again until
/// it is gone or the call's deadline passes.
Result<void> remove_container(const Client& client, const std::string& id, const Call& call);

}  // namespace docker
