// What a platform's entry in cexec.yaml means to the engine. It must not talk to it.
#pragma once

#include <string>
#include <vector>

#include "docker/container_create.h"
#include "executor/config/config.h"
#include "executor/model/ids.h"

namespace executor::instance {

/// What an instance has from its case.
struct Surroundings {
  model::RunId run;
  model::ProcessName process;
  std::vector<model::ProcessName> peers;  ///< all processes of the case; for a shared network
  std::string image_id;
  config::Limits limits;
  std::string network;      ///< of the case; empty: none
  std::string volume;       ///< of the case; empty: none
  std::string volume_path;  ///< where it is mounted
  std::string ipc_holder;   ///< container whose IPC namespace is shared; empty: a private one
};

/// Hardened by default: everything that is weaker stands in the platform's entry. Name and labels are left
/// out.
docker::ContainerSpec container_spec(const config::Platform& platform, const Surroundings& around);

/// A container that holds on to what the instances of a case share while none of them runs.
docker::ContainerSpec holder_spec(const std::string& image, const std::string& volume,
                                  const std::string& volume_path, bool shares_ipc, std::int64_t shm_size);

}  // namespace executor::instance
