// The images of a bundle, checked before any engine sees them: a stranger's tar must not bring other images
// than the recorded ones, nor take the names of those that are there.
#pragma once

#include <filesystem>
#include <set>
#include <string>

namespace executor::bundle {

/// Reads a tar as `docker save` makes it. Each image's configuration must have the digest that is its id, all
/// of them must be in `ids` and the other way round, and none may bring a name. Empty, or what is wrong.
/// Blocks for the disk. (What the layers hold is checked by the engine against the configuration.)
std::string check_image_archive(const std::filesystem::path& tar, const std::set<std::string>& ids);

}  // namespace executor::bundle
