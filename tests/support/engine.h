// The real engine, for tests that need one. Without an engine these tests fail; they are never skipped.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "docker/client.h"
#include "docker/container_create.h"

namespace tests {

inline constexpr const char* kBaseImage = "debian:bookworm-slim";

/// A client of the engine that the docker command would use. Throws, with what to do, if there is none.
docker::Client& engine();

/// A spec for a short-lived container of the base image that runs a shell command, hardened like ours.
docker::ContainerSpec shell(const std::string& command);

/// Creates containers and removes them at the end of the test, whatever happens in it.
class Containers {
 public:
  ~Containers();
  /// Creates one under a name of its own; returns its id.
  std::string create(docker::ContainerSpec spec);

 private:
  std::vector<std::string> ids_;
};

/// A name that nothing else has.
std::string unique_name(const std::string& what);

/// Throws if a call that the rest of a test relies on has failed.
void must(const docker::Result<void>& done);

/// A deadline for calls to a real engine under load.
docker::Call patient();

}  // namespace tests
