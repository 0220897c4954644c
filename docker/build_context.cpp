// The folder that an image is built from: which files belong to it, their digest, and their tar stream. It
// must not talk to any engine.
#include "docker/build_context.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "docker/ignore_file.h"
#include "docker/sha256.h"
#include "docker/tar_writer.h"

namespace docker {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kFileRead = std::size_t{64} << 10U;

Result<std::string> read_text(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) return tl::unexpected(bad_input(fmt::format("{} cannot be read", path.string())));
  return text.str();
}

Result<BuildContext::Entry> entry_of(const fs::directory_entry& found, std::string path) {
  std::error_code error;
  const auto status = found.symlink_status(error);
  BuildContext::Entry entry{
      std::move(path), status.type(), static_cast<unsigned>(status.permissions()) & 07777U, {}};
  if (!error && status.type() == fs::file_type::symlink) {
    entry.link_target = fs::read_symlink(found.path(), error).string();
  }
  if (error) {
    return tl::unexpected(bad_input(fmt::format("{}: {}", found.path().string(), error.message())));
  }
  const bool fits = entry.type == fs::file_type::regular || entry.type == fs::file_type::directory ||
                    entry.type == fs::file_type::symlink;
  if (fits) return entry;
  return tl::unexpected(bad_input(fmt::format(
      "{} is neither a file nor a folder nor a link; name it in .dockerignore", found.path().string())));
}

Result<void> walk(const fs::path& folder, const IgnoreFile& ignore, const std::string& dockerfile,
                  std::vector<BuildContext::Entry>& entries) {
  std::error_code error;
  fs::recursive_directory_iterator it(folder, error);
  for (; !error && it != fs::recursive_directory_iterator(); it.increment(error)) {
    auto path = it->path().lexically_relative(folder).generic_string();
    if (path != dockerfile && path != ".dockerignore" && ignore.ignores(path)) {
      const bool keeps_nothing = !ignore.has_exceptions() && !dockerfile.starts_with(path + "/");
      if (keeps_nothing && it->is_directory() && !it->is_symlink()) it.disable_recursion_pending();
      continue;
    }
    auto entry = entry_of(*it, std::move(path));
    if (!entry) return tl::unexpected(entry.error());
    entries.push_back(std::move(*entry));
  }
  if (error) {
    return tl::unexpected(bad_input(fmt::format("{} cannot be read: {}", folder.string(), error.message())));
  }
  return {};
}

}  // namespace

Result<BuildContext> BuildContext::scan(const fs::path& folder, const std::string& dockerfile) {
  BuildContext context;
  context.folder_ = folder;
  context.dockerfile_ = fs::path(dockerfile).lexically_normal().generic_string();
  std::error_code error;
  if (!fs::is_directory(folder, error)) {
    return tl::unexpected(bad_input(fmt::format("the build context {} is no folder", folder.string())));
  }
  if (!fs::is_regular_file(folder / context.dockerfile_, error)) {
    return tl::unexpected(bad_input(fmt::format("there is no {}", (folder / context.dockerfile_).string())));
  }
  IgnoreFile ignore;
  if (fs::exists(folder / ".dockerignore", error)) {
    const auto text = read_text(folder / ".dockerignore");
    if (!text) return tl::unexpected(text.error());
    ignore = IgnoreFile(*text);
  }
  if (auto walked = walk(folder, ignore, context.dockerfile_, context.entries_); !walked) {
    return tl::unexpected(walked.error());
  }
  std::sort(context.entries_.begin(), context.entries_.end(),
            [](const Entry& a, const Entry& b) { return a.path < b.path; });
  return context;
}

Result<std::string> BuildContext::digest() const {
  Sha256 digest;
  std::string buffer(kFileRead, '\0');
  for (const auto& entry : entries_) {
    std::uintmax_t size = 0;
    std::ifstream file;
    if (entry.type == fs::file_type::regular) {
      std::error_code error;
      file.open(folder_ / entry.path, std::ios::binary);
      size = fs::file_size(folder_ / entry.path, error);
      if (!file || error) {
        return tl::unexpected(bad_input(fmt::format("{} cannot be read", (folder_ / entry.path).string())));
      }
    }
    // Every part carries its length, so that no two different folders digest the same bytes.
    digest.add(fmt::format("{}:{} {} {:o} {}:{} {}\n", entry.path.size(), entry.path,
                           static_cast<int>(entry.type), entry.mode, entry.link_target.size(),
                           entry.link_target, size));
    while (file.is_open() && file) {
      file.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
      digest.add({buffer.data(), static_cast<std::size_t>(file.gcount())});
    }
  }
  return digest.finish_hex();
}

BodySource BuildContext::tar() const {
  auto writer = std::make_shared<TarWriter>();
  auto next = std::make_shared<std::size_t>(0);
  return [this, writer, next](std::span<char> into) -> Result<std::size_t> {
    while (writer->pending() == 0) {
      if (writer->file_open()) {
        if (auto read = writer->add_file_piece(); !read) return tl::unexpected(read.error());
      } else if (*next < entries_.size()) {
        const auto& entry = entries_[(*next)++];
        if (auto added = writer->begin(entry, folder_ / entry.path); !added)
          return tl::unexpected(added.error());
      } else if (!writer->finished()) {
        writer->finish();
      } else {
        return std::size_t{0};
      }
    }
    return writer->take(into);
  };
}

}  // namespace docker
