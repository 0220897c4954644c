// images.lock: which images the runs of a project are held to. It must not ask any engine.
#include "executor/image/lock.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "base/json.h"

namespace executor::image {
namespace {

namespace fs = std::filesystem;
namespace json = base::json;

constexpr std::int64_t kVersion = 1;

std::string entry_text(const model::PlatformImage& image) {
  json::Writer out;
  out.begin_object().member("reference", image.reference);
  if (!image.repo_digest.empty()) out.member("digest", image.repo_digest);
  out.member("id", image.id).member("architecture", image.architecture).end_object();
  return out.take();
}

std::string name_text(const std::string& name) {
  json::Writer out;
  out.value(name);
  return out.take();
}

tl::expected<LockedImage, std::string> read_entry(const json::Value& entry) {
  LockedImage image{json::string_or(json::find(&entry, "reference")),
                    json::string_or(json::find(&entry, "digest")), json::string_or(json::find(&entry, "id")),
                    json::string_or(json::find(&entry, "architecture"))};
  if (image.reference.empty()) return tl::unexpected(std::string("has no `reference`"));
  if (!image.id.starts_with("sha256:"))
    return tl::unexpected(std::string("has no `id` that begins with sha256:"));
  if (!image.digest.empty() && image.digest.find("@sha256:") == std::string::npos) {
    return tl::unexpected(std::string("`digest` is not NAME@sha256:…"));
  }
  return image;
}

}  // namespace

std::string lock_text(const std::vector<model::PlatformImage>& images) {
  auto sorted = images;
  std::sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  std::vector<std::string> lines;
  for (const auto& image : sorted) {
    lines.push_back(fmt::format("    {}: {}", name_text(image.name.text()), entry_text(image)));
  }
  return fmt::format("{{\n  \"version\": {},\n  \"platforms\": {{\n{}\n  }}\n}}\n", kVersion,
                     fmt::join(lines, ",\n"));
}

tl::expected<Lock, std::string> parse_lock(std::string_view text, const std::string& file) {
  const auto document = json::parse(text);
  if (!document) {
    const auto before = text.substr(0, document.error().offset);
    return tl::unexpected(fmt::format("{}:{}: {}", file, std::count(before.begin(), before.end(), '\n') + 1,
                                      document.error().message));
  }
  const auto version = json::int_or(json::find(&*document, "version"));
  if (version != kVersion) {
    return tl::unexpected(fmt::format("{}: this cexec reads version {}, not {}", file, kVersion, version));
  }
  const auto* platforms = json::find(&*document, "platforms");
  if (platforms == nullptr || !platforms->IsObject()) {
    return tl::unexpected(fmt::format("{}: `platforms` is missing", file));
  }
  Lock lock;
  for (const auto& member : platforms->GetObject()) {
    auto image = read_entry(member.value);
    if (!image) {
      return tl::unexpected(fmt::format("{}: platforms.{} {}", file, member.name.GetString(), image.error()));
    }
    lock.emplace(model::PlatformName(member.name.GetString()), std::move(*image));
  }
  return lock;
}

tl::expected<std::optional<Lock>, std::string> read_lock(const fs::path& folder) {
  const auto path = folder / kLockFile;
  std::error_code error;
  if (!fs::exists(path, error)) return std::nullopt;
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) return tl::unexpected(fmt::format("{} cannot be read", path.string()));
  auto lock = parse_lock(text.str(), path.lexically_proximate(fs::current_path(error)).string());
  if (!lock) return tl::unexpected(std::move(lock.error()));
  return std::move(*lock);
}

tl::expected<void, std::string> write_lock(const fs::path& folder,
                                           const std::vector<model::PlatformImage>& images) {
  const auto path = folder / kLockFile;
  const auto half = fs::path(path.string() + ".new");
  std::ofstream file(half, std::ios::binary);
  file << lock_text(images);
  file.close();
  std::error_code error;
  if (file) fs::rename(half, path, error);
  if (file && !error) return {};
  fs::remove(half, error);
  return tl::unexpected(fmt::format("{} cannot be written", path.string()));
}

}  // namespace executor::image
