// How a run comes by its images: those that a project's config and images.lock name. It must not run
// anything.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string_view>

#include <tl/expected.hpp>

#include "docker/client.h"
#include "executor/image/resolve.h"
#include "executor/plan/plan.h"

namespace executor::cli {

using ImageMap = std::map<model::PlatformName, model::PlatformImage>;
/// Is told of what takes long; `is_detail` as in model::Preparing. On any thread, several at a time.
using TellPreparing = std::function<void(const model::PlatformName&, std::string_view text, bool is_detail)>;
/// Makes sure that the engine has the images of a run. Blocks as long as that takes.
using ImageSource = std::function<tl::expected<ImageMap, image::Error>(
    const docker::Client&, const TellPreparing&, const docker::Call&)>;

/// Those of the plan's platforms, held to what images.lock in `root` says, if there is one. `plan` must
/// outlive it.
ImageSource project_images(const plan::Plan& plan, std::filesystem::path root);

}  // namespace executor::cli
