// images.lock: which images the runs of a project are held to. It must not ask any engine.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "executor/model/event.h"

namespace executor::image {

/// Beside cexec.yaml.
inline constexpr const char* kLockFile = "images.lock";

/// What one platform is held to.
struct LockedImage {
  std::string reference;     ///< as in cexec.yaml, or the tag that follows from the content of a build
  std::string digest;        ///< "name@sha256:…" in a registry; empty if it is from none
  std::string id;            ///< "sha256:…"
  std::string architecture;  ///< "linux/amd64"

  bool operator==(const LockedImage&) const = default;
};

using Lock = std::map<model::PlatformName, LockedImage>;

/// The file's text: JSON, a line for each platform, in the order of their names.
std::string lock_text(const std::vector<model::PlatformImage>& images);

/// Takes such a text apart. The error says what is wrong, with its line; `file` is its name in there.
tl::expected<Lock, std::string> parse_lock(std::string_view text, const std::string& file);

/// Reads images.lock of a folder; nothing if there is none.
tl::expected<std::optional<Lock>, std::string> read_lock(const std::filesystem::path& folder);

/// Writes it, whole or not at all. The error says why not.
tl::expected<void, std::string> write_lock(const std::filesystem::path& folder,
                                           const std::vector<model::PlatformImage>& images);

}  // namespace executor::image
