// The engine itself: ping, version, info.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "docker/client.h"

namespace docker {

/// GET /_ping. An answer is success.
Result<void> ping(const Client& client, const Call& call);

struct EngineVersion {
  std::string version;  ///< "20.10.24"
  std::string api_version;
  std::string min_api_version;
  std::string os;
  std::string architecture;  ///< "amd64"
  std::string kernel;
  std::string name;  ///< the first component's: "Engine", "Podman Engine"
};

/// GET /version.
Result<EngineVersion> engine_version(const Client& client, const Call& call);

struct EngineInfo {
  std::string id;
  std::string storage_driver;
  std::string cgroup_driver;
  std::string cgroup_version;  ///< "1" or "2"
  std::string operating_system;
  std::string root_dir;
  std::int64_t memory_bytes = 0;
  std::int64_t cpus = 0;
  std::int64_t containers = 0;
  bool memory_limit = false;  ///< whether the kernel enforces it; the same for the next ones
  bool swap_limit = false;
  bool pids_limit = false;
  bool cpu_quota = false;
  std::vector<std::string> security_options;  ///< "name=seccomp,profile=default", "name=rootless", …
  std::vector<std::string> runtimes;
  std::vector<std::string> warnings;
};

/// GET /info.
Result<EngineInfo> engine_info(const Client& client, const Call& call);

}  // namespace docker
