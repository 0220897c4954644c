// Networks: create, list, remove. It must not know who talks on them.
#pragma once

#include <string>
#include <vector>

#include "docker/client.h"
#include "docker/container_create.h"

namespace docker {

struct NetworkSpec {
  std::string name;
  std::string driver = "bridge";
  bool internal = true;  ///< no way out to the host's networks
  Labels labels;
};

struct NetworkSummary {
  std::string id;
  std::string name;
  std::int64_t created = 0;  ///< seconds since 1970
  Labels labels;
};

/// POST /networks/create; returns the id. Refused with 409 if a network of that name is there (names of
/// networks are unique where the caller makes them so: the engine is asked to check).
Result<std::string> create_network(const Client& client, const NetworkSpec& spec, const Call& call);

/// GET /networks: those that bear every one of `labels`.
Result<std::vector<NetworkSummary>> list_networks(const Client& client,
                                                  const std::vector<std::string>& labels, const Call& call);

/// DELETE /networks/{id}. One that does not exist is success. Refused with 403 while containers are on it.
Result<void> remove_network(const Client& client, const std::string& id, const Call& call);

}  // namespace docker
