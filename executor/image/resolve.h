// The images of platforms: found, pulled or built. It must not know what is run from them.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "docker/client.h"
#include "docker/endpoint.h"
#include "executor/config/config.h"
#include "executor/image/lock.h"
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
  /// "building from images/python", "pulling debian:12: 12 MiB of 29 MiB", at most one a second.
  std::function<void(std::string_view)> on_phase;
  std::function<void(std::string_view)> on_output;  ///< a line of a build's output
};

struct Options {
  /// Where the docker command's configuration is found, for credentials; nothing: none are used.
  docker::Environment environment;
  const Lock* lock = nullptr;  ///< what is not in it is refused; null: there is none
  bool pull_anew = false;      ///< a named image is pulled although the engine has it
};

/// Makes sure that the engine has the platform's image: one that is named is pulled only if it is not there;
/// one that is built is built only if no image has the tag that follows from the content of its context, its
/// Dockerfile and its arguments. Under a lock, an image with another digest or id is an error that names
/// both, and so is another content of what is built; with `pull_anew` what is locked is pulled and takes the
/// tag. Blocks as long as a pull or build takes, or to the call's deadline.
tl::expected<model::PlatformImage, Error> resolve(const docker::Client& client,
                                                  const config::Platform& platform, const Options& options,
                                                  const Progress& progress, const docker::Call& call);

/// The same for several at once; their results are in their order. `progress_of` is asked once for each, on
/// the calling thread; what it returns is called on other threads, several at a time. With `stop_at_first`
/// an error of one makes the others `cancelled`.
std::vector<tl::expected<model::PlatformImage, Error>> resolve_all(
    const docker::Client& client, const std::vector<const config::Platform*>& platforms,
    const Options& options, const std::function<Progress(const config::Platform&)>& progress_of,
    bool stop_at_first, const docker::Call& call);

/// What the engine has of a platform's image.
struct Found {
  std::string reference;  ///< as in cexec.yaml, or the tag that a build would give
  std::string id;         ///< "sha256:…"; empty if the engine does not have it
  std::int64_t size = 0;  ///< bytes
  model::PlatformImage image;
  std::string not_as_locked;  ///< why a run would refuse it; empty if it would not
};

/// Asks for what resolve() would take, pull or build, and does neither: reads the whole build context, and
/// asks the engine once. An image that is not there is no error.
tl::expected<Found, Error> look_up(const docker::Client& client, const config::Platform& platform,
                                   const docker::Call& call, const Lock* lock = nullptr);

}  // namespace executor::image
