// What the bundles of a run need of the engine and of this process. It must not know what a bundle looks
// like.
#pragma once

#include <optional>

#include "docker/client.h"
#include "docker/endpoint.h"
#include "executor/bundle/recorder.h"

namespace executor::cli {

/// They connect to the engine by themselves, when they are first asked.
bundle::Sources bundle_sources(bool save_images);

/// The engine as a bundle describes it; nothing if it does not say. Blocks to the call's deadline.
std::optional<bundle::Surroundings> surroundings_of(const docker::Client& client, const docker::Call& call);

}  // namespace executor::cli
