// What an engine says of itself, and what this machine shows of it. It must not judge it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "docker/client.h"
#include "docker/endpoint.h"
#include "docker/system.h"

namespace executor::doctor {

struct Facts {
  std::string address;         ///< as DOCKER_HOST would name it
  std::string address_origin;  ///< who named it
  docker::ApiVersion agreed;   ///< what is spoken with it
  docker::EngineVersion version;
  docker::EngineInfo info;
  std::optional<std::int64_t>
      disk_free;  ///< bytes, where the engine keeps its data; nothing: not visible here

  [[nodiscard]] bool is_podman() const;
  [[nodiscard]] bool is_rootless() const;
};

/// Asks the engine twice. Blocks to the call's deadline.
docker::Result<Facts> ask(const docker::Client& client, const docker::Endpoint& endpoint,
                          const docker::Call& call);

}  // namespace executor::doctor
