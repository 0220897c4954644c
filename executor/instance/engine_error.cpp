// What an engine's error means to somebody who runs cases. Internal to instance/.
#include "executor/instance/engine_error.h"

#include <fmt/format.h>

namespace executor::instance {
namespace {

constexpr std::chrono::seconds kHealthTime{5};

std::string hint_for(const docker::Error& error) {
  using Kind = docker::ErrorKind;
  const auto says = [&error](std::string_view text) { return error.message.find(text) != std::string::npos; };
  switch (error.kind) {
    case Kind::unreachable:
    case Kind::broken: return "is the engine still running? `scripts/engine status` or `docker info` tells";
    case Kind::forbidden: return "add the user to the group that owns the socket, or run as root";
    case Kind::timed_out: return "the engine is busy or hangs; `docker info` shows whether it still answers";
    case Kind::refused: break;
    default: return {};
  }
  if (says("No such image")) return "it was there when the run began; was it removed meanwhile?";
  if (says("executable file not found") || says("no such file or directory")) {
    return "check the image's ENTRYPOINT, or `entrypoint` and `command` in cexec.yaml";
  }
  if (says("permission denied"))
    return "the server's file must be executable for the user it runs as (`user:`)";
  if (says("no space left")) return "the engine's disk is full; `docker system df` shows by what";
  if (says("runtime name") || says("invalid runtime"))
    return "does the engine know the `runtime:` of this platform?";
  if (says("address pools") || says("address pool"))
    return "too many networks; `docker network prune` frees some";
  if (says("OCI runtime"))
    return "one cause is a `mem_limit` or `pids_limit` too small for the engine's own runtime";
  return {};
}

}  // namespace

Error engine_error(std::string_view what, const docker::Error& error, track::EngineHealth& health) {
  using Kind = docker::ErrorKind;
  Error result{fmt::format("{}: {}", what, error.message), hint_for(error), error.kind == Kind::cancelled};
  if (error.kind == Kind::timed_out) {
    result.engine_fault = !health.check({base::Deadline::in(kHealthTime), {}}).has_value();
  } else {
    health.note(error);
    result.engine_fault = error.kind != Kind::cancelled && error.kind != Kind::bad_input;
  }
  return result;
}

}  // namespace executor::instance
