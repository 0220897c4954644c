// Finding and reaching the engine, with words for those who have none.
#include "executor/cli/engine.h"

#include <fmt/format.h>

#include "docker/curl_transport.h"
#include "docker/endpoint.h"
#include "docker/system.h"

namespace executor::cli {
namespace {

EngineProblem problem_of(const docker::Error& error) {
  using Kind = docker::ErrorKind;
  switch (error.kind) {
    case Kind::unreachable:
      return {error.message,
              "start it with `scripts/engine start` or your system's service, or name another one with "
              "DOCKER_HOST"};
    case Kind::forbidden:
      return {error.message,
              "add your user to the group that owns the socket (usually `docker`) and log in again"};
    case Kind::timed_out:
      return {"the engine does not answer: " + error.message,
              "does `docker info` answer? it may be busy or hang"};
    case Kind::tls:
      return {error.message, "check DOCKER_CERT_PATH and DOCKER_TLS_VERIFY, or the docker context"};
    case Kind::unsupported: return {error.message, "this cexec and that engine are too far apart in age"};
    default: return {error.describe(), {}};
  }
}

}  // namespace

tl::expected<Engine, EngineProblem> connect_engine(const docker::Call& call) {
  const auto endpoint = docker::find_endpoint(docker::process_environment());
  if (!endpoint) return tl::unexpected(problem_of(endpoint.error()));
  auto client = docker::Client::connect(std::make_unique<docker::CurlTransport>(*endpoint), call);
  if (!client) return tl::unexpected(problem_of(client.error()));
  // The answer to the ping has it as a rule. /version is answered later: the engine runs other programs for
  // it.
  auto release = (*client)->release();
  if (release.empty()) {
    auto version = docker::engine_version(**client, call);
    if (!version) return tl::unexpected(problem_of(version.error()));
    release = std::move(version->version);
  }
  const auto name = (*client)->dialect() == docker::Dialect::podman ? "Podman" : "Docker Engine";
  auto description =
      fmt::format("{} {} (API {}) at {}", name, release, (*client)->version().text(), endpoint->address());
  return Engine{std::move(*client), std::move(description)};
}

}  // namespace executor::cli
