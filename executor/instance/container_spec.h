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
  std::string network;         ///< of the case; empty: none
  std::string volume;          ///< of the case; empty: none
  std::string volume_path;     ///< where it is mounted
  bool may_be_joined = false;  ///< its IPC namespace can be shared, too
  std::string ipc_holder;      ///< container whose IPC namespace is shared; empty: a private one
};

/// Hardened by default: everything that is weaker stands in the platform's entry. Name and labels are left
/// out.
docker::ContainerSpec container_spec(const config::Platform& platform, const Surroundings& around);

/// Whether the instance needs no more of a network than a namespace with nothing but lo in it, whoever made
/// that.
bool can_borrow_namespace(const config::Platform& platform, const Surroundings& around);

/// What a pause container is to hold on to while no instance runs.
struct Held {
  std::string volume;  ///< of a case; empty: none
  std::string volume_path;
  bool ipc = false;  ///< an IPC namespace that instances join
  std::int64_t shm_size = std::int64_t{64} << 20U;
};
/// A container of the pause image, without any network. Name, labels and stdin are left out.
docker::ContainerSpec holder_spec(const std::string& image, const Held& held);

}  // namespace executor::instance
