// The image of containers that merely hold namespaces and mounts: cexec carries it within itself, so that it
// is to be had without any registry. It must not know what its containers are for.
#pragma once

#include <mutex>
#include <string>

#include "docker/client.h"

namespace executor::instance {

/// The image on one engine. Thread-safe.
class PauseImage {
 public:
  /// `client` must outlive it.
  explicit PauseImage(const docker::Client& client) : client_(client) {}

  /// Its id; imported, under the tag cexec-pause:DIGEST, where the engine does not have it. Blocks for the
  /// engine; later calls do not ask it again.
  docker::Result<std::string> id(const docker::Call& call);

 private:
  const docker::Client& client_;
  std::mutex mutex_;
  std::string id_;
};

}  // namespace executor::instance
