// Finding and reaching the engine, with words for those who have none.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include <tl/expected.hpp>

#include "docker/client.h"

namespace executor::cli {

/// How long a command waits for an answer that costs the engine little.
inline constexpr std::chrono::seconds kAnswerTime{30};

struct Engine {
  std::unique_ptr<docker::Client> client;
  std::string description;  ///< "Docker Engine 20.10.24 (API 1.41) at unix:///var/run/docker.sock"
};

/// Why there is none.
struct EngineProblem {
  std::string reason;
  std::string hint;
};

/// Connects to the engine that the docker command would use. Blocks to the call's deadline.
tl::expected<Engine, EngineProblem> connect_engine(const docker::Call& call);

}  // namespace executor::cli
