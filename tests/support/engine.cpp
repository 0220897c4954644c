// The real engine, for tests that need one. Without an engine these tests fail; they are never skipped.
#include "tests/support/engine.h"

#include <stdexcept>

#include "base/random.h"
#include "docker/container_lifecycle.h"
#include "docker/curl_transport.h"
#include "docker/endpoint.h"

namespace tests {

docker::Client& engine() {
  static const auto client = [] {
    const auto endpoint = docker::find_endpoint(docker::process_environment());
    if (!endpoint) throw std::runtime_error("no engine: " + endpoint.error().describe());
    auto connected = docker::Client::connect(std::make_unique<docker::CurlTransport>(*endpoint), patient());
    if (!connected) {
      throw std::runtime_error("these tests need an engine; scripts/engine start: " +
                               connected.error().describe());
    }
    return std::move(*connected);
  }();
  return *client;
}

docker::ContainerSpec shell(const std::string& command) {
  docker::ContainerSpec spec;
  spec.image = kBaseImage;
  spec.entrypoint = {"/bin/sh", "-c", command};
  spec.labels = {{"io.cexec.test", "engine"}};
  spec.open_stdin = true;
  spec.host.network_mode = "none";
  spec.host.log_driver = "none";
  return spec;
}

Containers::~Containers() {
  for (const auto& id : ids_) std::ignore = docker::remove_container(engine(), id, patient());
}

std::string Containers::create(docker::ContainerSpec spec) {
  if (spec.name.empty()) spec.name = unique_name("container");
  const auto created = docker::create_container(engine(), spec, patient());
  if (!created)
    throw std::runtime_error(created.error().describe() + " (scripts/images makes the base image)");
  ids_.push_back(created->id);
  return created->id;
}

std::string unique_name(const std::string& what) {
  return "cexec-test-" + what + "-" + base::random_uuid().substr(0, 8);
}

void must(const docker::Result<void>& done) {
  if (!done) throw std::runtime_error(done.error().describe());
}

docker::Call patient() {
  return {base::Deadline::in(std::chrono::seconds(60)), {}};
}

}  // namespace tests
