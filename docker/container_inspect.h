// GET /containers/{id}/json and GET /containers/json: what the engine knows of its containers.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "docker/client.h"
#include "docker/container_create.h"

namespace docker {

/// State and identity of one container.
struct ContainerDetails {
  std::string id;
  std::string name;      ///< without the leading slash
  std::string image_id;  ///< "sha256:…"
  Labels labels;
  std::string status;  ///< "created", "running", "exited", "dead", …
  bool running = false;
  bool oom_killed = false;  ///< a process in it was killed for exceeding the memory limit
  std::int64_t pid = 0;     ///< on the engine's host; 0 while it does not run
  std::int64_t exit_code = 0;
  std::string error;       ///< why it could not start
  std::string started_at;  ///< RFC 3339; year 1 if it never did
  std::string finished_at;
  std::map<std::string, std::string> addresses;  ///< network's name → IPv4 address inside it
  std::int64_t memory = 0;      ///< bytes, of the limit that the engine noted; 0: none; as for the next two
  std::int64_t nano_cpus = 0;   ///< 1e9 is one CPU
  std::int64_t pids_limit = 0;  ///< processes and threads
};

/// Refused with 404 if there is none.
Result<ContainerDetails> inspect_container(const Client& client, const std::string& id, const Call& call);

/// A line of the list.
struct ContainerSummary {
  std::string id;
  std::string name;  ///< without the leading slash
  std::string image;
  std::string state;         ///< "created", "running", "exited", …
  std::int64_t created = 0;  ///< seconds since 1970
  Labels labels;
};

/// All containers, also those that do not run, that bear every one of `labels` ("key" or "key=value").
Result<std::vector<ContainerSummary>> list_containers(const Client& client,
                                                      const std::vector<std::string>& labels,
                                                      const Call& call);

}  // namespace docker
