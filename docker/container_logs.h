// GET /containers/{id}/logs: what the engine's log driver kept of a container's output.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "docker/client.h"
#include "docker/demux.h"

namespace docker {

struct LogsOptions {
  bool out = true;
  bool err = true;
  std::optional<std::int64_t> tail;  ///< the last lines only
  bool follow = false;               ///< goes on until the container exits or the call ends
};

/// Hands the output to `sink` as it comes. Refused with 404; with 400, 409 or 501 where the log driver keeps
/// nothing (driver `none`). A stream that breaks within a frame is `malformed`.
Result<void> container_logs(const Client& client, const std::string& id, const LogsOptions& options,
                            const Demux::Sink& sink, const Call& call);

}  // namespace docker
