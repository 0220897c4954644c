// Getting the very images that a bundle names, wherever they can be had. It must not know what is run from
// them.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "docker/client.h"
#include "docker/endpoint.h"
#include "executor/bundle/manifest.h"
#include "executor/config/config.h"
#include "executor/image/resolve.h"

namespace executor::replay {

/// Where images may come from besides the engine and the registry.
struct ImagePlaces {
  std::filesystem::path bundle;  ///< tar of the bundle's images; empty if it has none
  const config::Config* project =
      nullptr;                      ///< whose folders may have the content that was built; may be null
  docker::Environment environment;  ///< for credentials
};

/// One image, and what is not as recorded about it; empty if it is identical.
struct RecordedImage {
  model::PlatformImage image;
  std::string difference;
};

using Tell = std::function<void(const model::PlatformName&, std::string_view)>;

/// In this order: what the engine has under the recorded id, what the registry has under the recorded digest,
/// what is in the bundle, and a build of the same content by the project. What comes from a registry or a
/// bundle must have the recorded id. Blocks as long as that takes. The error says what was tried.
tl::expected<std::map<model::PlatformName, RecordedImage>, image::Error> obtain_images(
    const docker::Client& client, const std::vector<model::PlatformImage>& recorded,
    const ImagePlaces& places, const Tell& tell, const docker::Call& call);

}  // namespace executor::replay
