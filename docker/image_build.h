// POST /build: makes an image out of a folder with a Dockerfile, by the engine's own builder. It must not
// know what the image is for.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "docker/build_context.h"
#include "docker/client.h"
#include "docker/container_create.h"

namespace docker {

struct BuildOptions {
  std::string tag;                          ///< "name:tag" for the result
  std::map<std::string, std::string> args;  ///< of the Dockerfile's ARG instructions
  std::string target;                       ///< a stage; empty: the last
  std::string network;  ///< for RUN instructions: "host", "none"; empty: the engine's default
  Labels labels;
  bool no_cache = false;
  /// The value of X-Registry-Config (registry_auth.h), for images to build upon; empty for none.
  std::string registry_config;
};

/// Builds and tags an image; returns its id. `on_output` is called with the build's output as it comes, some
/// lines at a time. Intermediate containers are removed, also when the build fails or the call ends early. A
/// failing instruction is `refused` with the status 200 and the builder's message. Errors also as of
/// BuildContext.
Result<std::string> build_image(const Client& client, const BuildContext& context,
                                const BuildOptions& options,
                                const std::function<void(std::string_view)>& on_output, const Call& call);

}  // namespace docker
