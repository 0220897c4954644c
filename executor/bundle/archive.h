// A bundle as a file: a tar, compressed with zstd. What is read may be a stranger's: nothing of it reaches
// the disk under a name of its own choosing, and there is a limit to everything.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "executor/bundle/manifest.h"

namespace executor::bundle {

inline constexpr const char* kManifestFile = "manifest.json";
inline constexpr const char* kFeatureFile = "feature.feature";
inline constexpr const char* kConfigFile = "cexec.yaml";
inline constexpr const char* kImagesFile = "images.tar";
inline constexpr const char* kTranscriptFile = "evidence/transcript.jsonl";
inline constexpr std::string_view kEvidenceFolder = "evidence/";

/// What a reader takes, and what a writer keeps to.
struct ArchiveLimits {
  std::uint64_t manifest = std::uint64_t{4} << 20U;  ///< bytes
  std::uint64_t file = std::uint64_t{16} << 20U;     ///< bytes, of any other but the images
  std::uint64_t all = std::uint64_t{64} << 20U;      ///< bytes, without the images
  std::uint64_t images = std::uint64_t{16} << 30U;   ///< bytes
  std::size_t count = 500;                           ///< files
};

/// The content of a bundle. Its images, if it has any, lie in a file.
struct Bundle {
  Manifest manifest;
  std::map<std::string, std::string> files;  ///< path in the bundle → content; without manifest and images
  std::filesystem::path images;              ///< a tar for the engine; empty if there is none
};

/// Whether a bundle may hold a file of that name: one of those above, or plain names below evidence/.
bool is_allowed_path(std::string_view path);

/// Writes it, whole or not at all; fills in `manifest.files`. Blocks for the disk. The error says why not.
tl::expected<void, std::string> write_bundle(const std::filesystem::path& file, Bundle bundle);

/// Reads and checks it: format, names, types, sizes and counts, and every file against the digest that the
/// manifest has of it. Images go to `images_into`, which is written; if it is empty they are only counted.
/// Blocks for the disk. The error names the file and says what is wrong with it.
tl::expected<Bundle, std::string> read_bundle(const std::filesystem::path& file,
                                              const std::filesystem::path& images_into,
                                              const ArchiveLimits& limits = {});

/// The same for a bundle in memory; its name is for messages.
tl::expected<Bundle, std::string> read_bundle_bytes(std::string_view bytes, const std::string& name,
                                                    const ArchiveLimits& limits = {});

}  // namespace executor::bundle
