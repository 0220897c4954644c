// The images of a bundle, checked before any engine sees them: a stranger's tar must not bring other images
// than the recorded ones, nor take the names of those that are there.
#include "executor/bundle/image_archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include <array>
#include <map>
#include <memory>

#include "base/json.h"
#include "docker/sha256.h"
#include "executor/text/quote.h"

namespace executor::bundle {
namespace {

namespace json = base::json;

constexpr std::size_t kMostEntries = 20'000;
/// Configurations and manifests are small; a layer is passed over.
constexpr std::size_t kMostKept = std::size_t{4} << 20U;
constexpr std::size_t kMostKeptAll = std::size_t{64} << 20U;

struct Deleter {
  void operator()(archive* handle) const { archive_read_free(handle); }
};

/// Content of the small files of a tar, by their paths. The error says what is wrong.
std::string read_small_files(const std::filesystem::path& tar, std::map<std::string, std::string>& files) {
  const std::unique_ptr<archive, Deleter> handle(archive_read_new());
  archive_read_support_format_tar(handle.get());
  if (archive_read_open_filename(handle.get(), tar.c_str(), 1U << 16U) != ARCHIVE_OK)
    return "they are no tar";
  std::size_t kept = 0;
  archive_entry* entry = nullptr;
  for (std::size_t count = 0;; ++count) {
    const int code = archive_read_next_header(handle.get(), &entry);
    if (code == ARCHIVE_EOF) return {};
    if (code != ARCHIVE_OK) return "their tar is broken";
    if (count > kMostEntries) return fmt::format("they hold more than {} files", kMostEntries);
    const char* path = archive_entry_pathname(entry);
    const auto size = archive_entry_size(entry);
    if (path == nullptr || archive_entry_filetype(entry) != AE_IFREG ||
        size > static_cast<la_int64_t>(kMostKept))
      continue;
    if (files.contains(path)) return fmt::format("they hold '{}' twice", text::quote(path, 100));
    auto& content = files[path];
    std::array<char, 1U << 14U> piece{};
    for (auto n = archive_read_data(handle.get(), piece.data(), piece.size()); n > 0;
         n = archive_read_data(handle.get(), piece.data(), piece.size())) {
      content.append(piece.data(), static_cast<std::size_t>(n));
      kept += static_cast<std::size_t>(n);
      if (kept > kMostKeptAll) return "they hold more small files than images have";
    }
  }
}

/// {"Config":"HEX.json" or "blobs/sha256/HEX","RepoTags":null,"Layers":[…]}
std::string check_image(const json::Value& image, const std::map<std::string, std::string>& files,
                        std::string& id) {
  const auto* tags = json::find(&image, "RepoTags");
  if (tags != nullptr && tags->IsArray() && !tags->Empty()) {
    return fmt::format("they would take the name '{}'", text::quote(json::string_or(&(*tags)[0]), 100));
  }
  const auto path = json::string_or(json::find(&image, "Config"));
  const auto config = files.find(path);
  if (config == files.end()) return fmt::format("the configuration '{}' is missing", text::quote(path, 100));
  id = "sha256:" + docker::sha256_hex(config->second);
  return {};
}

}  // namespace

std::string check_image_archive(const std::filesystem::path& tar, const std::set<std::string>& ids) {
  std::map<std::string, std::string> files;
  if (auto wrong = read_small_files(tar, files); !wrong.empty()) return wrong;
  if (files.contains("repositories")) return "they would take names";
  // Engines with another store of images read names from here.
  if (const auto index = files.find("index.json");
      index != files.end() && index->second.find("io.containerd.image.name") != std::string::npos) {
    return "they would take names";
  }
  const auto manifest = files.find("manifest.json");
  if (manifest == files.end()) return "they hold no manifest.json";
  if (json::excess_of(manifest->second, 16, 100'000) != json::Excess::none)
    return "their manifest.json is too large";
  const auto document = json::parse(manifest->second);
  if (!document || !document->IsArray()) return "their manifest.json is no list";
  std::set<std::string> found;
  for (const auto& image : document->GetArray()) {
    std::string id;
    if (auto wrong = check_image(image, files, id); !wrong.empty()) return wrong;
    if (!ids.contains(id)) return fmt::format("they hold {}, which is none of the recorded images", id);
    found.insert(std::move(id));
  }
  for (const auto& id : ids) {
    if (!found.contains(id)) return fmt::format("they lack {}", id);
  }
  return {};
}

}  // namespace executor::bundle
