// The image of a platform: found, pulled or built. It must not know what is run from it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "docker/client.h"
#include "executor/config/config.h"
#include "executor/model/event.h"

namespace executor::image {

/// Why there is no image.
struct Error {
  std::string reason;
  std::string hint;          ///< what to do; may be empty
  std::string build_output;  ///< the last lines of a failed build
  bool cancelled = false;
};

/// Is told what takes long, as it goes on.
struct Progress {
  std::function<void(std::string_view)> on_phase;   ///< "building from images/python", "pulling debian:12"
  std::function<void(std::string_view)> on_output;  ///< a line of a build's output, or of a pull's progress
};

/// Makes sure that the engine has the platform's image: one that is named is pulled only if it is not there;
/// one that is built is built only if no image has the tag that follows from the content of its context, its
/// Dockerfile and its arguments. Blocks as long as a pull or build takes, or to the call's deadline.
tl::expected<model::PlatformImage, Error> resolve(const docker::Client& client,
                                                  const config::Platform& platform, const Progress& progress,
                                                  const docker::Call& call);

/// What the engine has of a platform's image.
struct Found {
  std::string reference;  ///< as in cexec.yaml, or the tag that a build would give
  std::string id;         ///< "sha256:…"; empty if the engine does not have it
  std::int64_t size = 0;  ///< bytes
};

/// Asks for what resolve() would take, pull or build, and does neither: reads the whole build context, and
/// asks the engine once. An image that is not there is no error.
tl::expected<Found, Error> look_up(const docker::Client& client, const config::Platform& platform,
                                   const docker::Call& call);

}  // namespace executor::image
