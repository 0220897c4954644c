// Volumes: create, list, remove. It must not know what is kept in them.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "docker/client.h"
#include "docker/container_create.h"

namespace docker {

struct VolumeSpec {
  std::string name;
  std::map<std::string, std::string> driver_options;  ///< of the `local` driver: type, device, o
  Labels labels;
};

struct VolumeSummary {
  std::string name;
  std::int64_t created = 0;  ///< seconds since 1970
  Labels labels;
};

/// A volume in memory, mounted when the first container with it starts and emptied when the last one stops
/// (moby/volume/local): who needs its content between containers must keep one running. Any user may write.
VolumeSpec tmpfs_volume(std::string name, std::int64_t size_bytes, Labels labels);

/// POST /volumes/create. One of that name with the same options is success: the engine answers with it.
Result<void> create_volume(const Client& client, const VolumeSpec& spec, const Call& call);

/// GET /volumes: those that bear every one of `labels`.
Result<std::vector<VolumeSummary>> list_volumes(const Client& client, const std::vector<std::string>& labels,
                                                const Call& call);

/// DELETE /volumes/{name}. One that does not exist is success. Refused with 409 while a container has it.
Result<void> remove_volume(const Client& client, const std::string& name, const Call& call);

}  // namespace docker
