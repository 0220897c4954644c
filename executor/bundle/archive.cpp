// A bundle as a file: a tar, compressed with zstd. What is read may be a stranger's: nothing of it reaches
// the disk under a name of its own choosing, and there is a limit to everything.
#include "executor/bundle/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <memory>

#include "docker/sha256.h"
#include "executor/text/quote.h"
#include "executor/text/units.h"

namespace executor::bundle {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kPiece = std::size_t{1} << 16U;

struct ReadDeleter {
  void operator()(archive* handle) const { archive_read_free(handle); }
};
struct WriteDeleter {
  void operator()(archive* handle) const { archive_write_free(handle); }
};
struct EntryDeleter {
  void operator()(archive_entry* entry) const { archive_entry_free(entry); }
};
using ReadHandle = std::unique_ptr<archive, ReadDeleter>;
using WriteHandle = std::unique_ptr<archive, WriteDeleter>;

std::string error_of(archive* handle) {
  const char* text = archive_error_string(handle);
  return text == nullptr ? "unknown error" : text::quote(text, 200);
}

bool is_plain_name(std::string_view name) {
  constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._=-";
  return !name.empty() && name.size() <= 255 && name.front() != '.' &&
         name.find_first_not_of(kPlain) == std::string_view::npos;
}

/// Reads one archive from its first entry to its last.
class Reader {
 public:
  Reader(const ArchiveLimits& limits, fs::path images_into)
      : limits_(limits), images_into_(std::move(images_into)), handle_(archive_read_new()) {
    // Exactly what is written, so that no other of the library's many formats can be reached.
    archive_read_support_format_tar(handle_.get());
    archive_read_support_filter_zstd(handle_.get());
  }

  [[nodiscard]] archive* handle() const { return handle_.get(); }

  tl::expected<Bundle, std::string> run() {
    archive_entry* entry = nullptr;
    while (true) {
      const int code = archive_read_next_header(handle_.get(), &entry);
      if (code == ARCHIVE_EOF) break;
      if (code != ARCHIVE_OK) return fail("it cannot be read: " + error_of(handle_.get()));
      if (auto problem = take(entry); !problem.empty()) return fail(std::move(problem));
    }
    if (archive_filter_code(handle_.get(), 0) != ARCHIVE_FILTER_ZSTD)
      return fail("it is not compressed with zstd");
    return finish();
  }

 private:
  static tl::unexpected<std::string> fail(std::string problem) { return tl::unexpected(std::move(problem)); }

  std::string take(archive_entry* entry) {
    const char* raw = archive_entry_pathname(entry);
    const std::string path = raw == nullptr ? "" : raw;
    const auto shown = text::quote(path, 100);
    if (!is_allowed_path(path)) return fmt::format("it holds '{}', which is no file of a bundle", shown);
    const bool is_link = archive_entry_hardlink(entry) != nullptr || archive_entry_symlink(entry) != nullptr;
    if (is_link || archive_entry_filetype(entry) != AE_IFREG)
      return fmt::format("'{}' is no plain file", shown);
    if (seen_.size() >= limits_.count) return fmt::format("it holds more than {} files", limits_.count);
    if (seen_.contains(path)) return fmt::format("it holds '{}' twice", shown);
    return path == kImagesFile ? take_images() : take_file(path);
  }

  std::string take_file(const std::string& path) {
    const auto most = std::min(path == kManifestFile ? limits_.manifest : limits_.file, limits_.all - total_);
    std::string content;
    auto problem = each_piece(path, most, [&content](std::string_view piece) {
      content += piece;
      return true;
    });
    if (!problem.empty()) return problem;
    total_ += content.size();
    files_[path] = std::move(content);
    return {};
  }

  std::string take_images() {
    std::ofstream out;
    if (!images_into_.empty()) {
      out.open(images_into_, std::ios::binary);
      if (!out) return fmt::format("{} cannot be written", images_into_.string());
    }
    auto problem = each_piece(kImagesFile, limits_.images, [&](std::string_view piece) {
      if (!images_into_.empty()) out.write(piece.data(), static_cast<std::streamsize>(piece.size()));
      return images_into_.empty() || out.good();
    });
    return problem;
  }

  template <class Take>
  std::string each_piece(const std::string& path, std::uint64_t most, const Take& take_piece) {
    docker::Sha256 digest;
    std::uint64_t size = 0;
    std::array<char, kPiece> piece{};
    while (true) {
      const auto n = archive_read_data(handle_.get(), piece.data(), piece.size());
      if (n == 0) break;
      if (n < 0) return fmt::format("'{}' cannot be read: {}", path, error_of(handle_.get()));
      size += static_cast<std::uint64_t>(n);
      if (size > most)
        return fmt::format("'{}' makes it larger than a bundle may be ({})", path,
                           text::format_size(static_cast<std::int64_t>(most)));
      const std::string_view bytes(piece.data(), static_cast<std::size_t>(n));
      digest.add(bytes);
      if (!take_piece(bytes))
        return fmt::format("{} cannot be written: is the disk full?", images_into_.string());
    }
    seen_[path] = {size, digest.finish_hex()};
    return {};
  }

  tl::expected<Bundle, std::string> finish() {
    const auto found = files_.find(kManifestFile);
    if (found == files_.end()) return fail(fmt::format("it holds no {}", kManifestFile));
    auto manifest = parse_manifest(found->second);
    if (!manifest) return fail(fmt::format("{}: {}", kManifestFile, manifest.error()));
    seen_.erase(kManifestFile);
    for (const auto& [path, entry] : manifest->files) {
      const auto there = seen_.find(path);
      if (there == seen_.end()) return fail(fmt::format("'{}' is missing", text::quote(path, 100)));
      if (there->second.size != entry.size || there->second.sha256 != entry.sha256) {
        return fail(
            fmt::format("'{}' is not what was recorded: its digest is sha256:{}, the manifest has sha256:{}",
                        path, there->second.sha256, text::quote(entry.sha256, 64)));
      }
    }
    for (const auto& [path, entry] : seen_) {
      if (!manifest->files.contains(path)) return fail(fmt::format("the manifest does not name '{}'", path));
    }
    for (const auto* needed : {kFeatureFile, kConfigFile}) {
      if (!files_.contains(needed)) return fail(fmt::format("it holds no {}", needed));
    }
    files_.erase(found);
    const bool has_images = manifest->files.contains(kImagesFile);
    return Bundle{std::move(*manifest), std::move(files_), has_images ? images_into_ : fs::path()};
  }

  const ArchiveLimits limits_;
  const fs::path images_into_;
  ReadHandle handle_;
  std::map<std::string, FileEntry> seen_;
  std::map<std::string, std::string> files_;
  std::uint64_t total_ = 0;
};

class Writer {
 public:
  explicit Writer(const fs::path& file) : handle_(archive_write_new()) {
    archive_write_set_format_pax_restricted(handle_.get());
    archive_write_add_filter_zstd(handle_.get());
    archive_write_set_options(handle_.get(), "zstd:compression-level=1");
    is_fine_ = archive_write_open_filename(handle_.get(), file.c_str()) == ARCHIVE_OK;
  }

  void add(const std::string& path, std::string_view content) {
    begin(path, content.size());
    put(content);
  }

  void add_file(const std::string& path, const fs::path& source, std::uint64_t size) {
    begin(path, size);
    std::ifstream in(source, std::ios::binary);
    std::array<char, kPiece> piece{};
    while (in.read(piece.data(), piece.size()) || in.gcount() > 0)
      put({piece.data(), static_cast<std::size_t>(in.gcount())});
  }

  /// Empty, or what went wrong with any of it.
  std::string finish() {
    if (is_fine_ && archive_write_close(handle_.get()) == ARCHIVE_OK) return {};
    return error_of(handle_.get());
  }

 private:
  void begin(const std::string& path, std::uint64_t size) {
    const std::unique_ptr<archive_entry, EntryDeleter> entry(archive_entry_new());
    archive_entry_set_pathname(entry.get(), path.c_str());
    archive_entry_set_size(entry.get(), static_cast<la_int64_t>(size));
    archive_entry_set_filetype(entry.get(), AE_IFREG);
    archive_entry_set_perm(entry.get(), 0644);
    is_fine_ = is_fine_ && archive_write_header(handle_.get(), entry.get()) == ARCHIVE_OK;
  }
  void put(std::string_view bytes) {
    is_fine_ = is_fine_ && archive_write_data(handle_.get(), bytes.data(), bytes.size()) >= 0;
  }

  WriteHandle handle_;
  bool is_fine_ = false;
};

std::string sha256_of_file(const fs::path& file) {
  docker::Sha256 digest;
  std::ifstream in(file, std::ios::binary);
  std::array<char, kPiece> piece{};
  while (in.read(piece.data(), piece.size()) || in.gcount() > 0)
    digest.add({piece.data(), static_cast<std::size_t>(in.gcount())});
  return digest.finish_hex();
}

}  // namespace

bool is_allowed_path(std::string_view path) {
  for (const auto* name : {kManifestFile, kFeatureFile, kConfigFile, kImagesFile}) {
    if (path == name) return true;
  }
  if (!path.starts_with(kEvidenceFolder)) return false;
  path.remove_prefix(kEvidenceFolder.size());
  std::size_t depth = 0;
  for (auto slash = path.find('/'); slash != std::string_view::npos; slash = path.find('/')) {
    if (++depth > 3 || !is_plain_name(path.substr(0, slash))) return false;
    path.remove_prefix(slash + 1);
  }
  return is_plain_name(path);
}

tl::expected<void, std::string> write_bundle(const fs::path& file, Bundle bundle) {
  std::error_code error;
  for (const auto& [path, content] : bundle.files) {
    bundle.manifest.files[path] = {content.size(), docker::sha256_hex(content)};
  }
  if (!bundle.images.empty()) {
    bundle.manifest.files[kImagesFile] = {fs::file_size(bundle.images, error), sha256_of_file(bundle.images)};
  }
  fs::create_directories(file.parent_path(), error);
  const auto half = fs::path(file.string() + ".new");
  std::string problem;
  {
    Writer writer(half);
    writer.add(kManifestFile, to_json(bundle.manifest));
    for (const auto& [path, content] : bundle.files) writer.add(path, content);
    if (!bundle.images.empty())
      writer.add_file(kImagesFile, bundle.images, bundle.manifest.files[kImagesFile].size);
    problem = writer.finish();
  }
  if (problem.empty()) {
    fs::rename(half, file, error);
    if (!error) return {};
    problem = error.message();
  }
  fs::remove(half, error);
  return tl::unexpected(fmt::format("{} cannot be written: {}", file.string(), problem));
}

tl::expected<Bundle, std::string> read_bundle(const fs::path& file, const fs::path& images_into,
                                              const ArchiveLimits& limits) {
  Reader reader(limits, images_into);
  if (archive_read_open_filename(reader.handle(), file.c_str(), kPiece) != ARCHIVE_OK) {
    return tl::unexpected(fmt::format("{}: it cannot be read: {}", file.string(), error_of(reader.handle())));
  }
  auto bundle = reader.run();
  if (!bundle) bundle.error() = fmt::format("{}: {}", file.string(), bundle.error());
  return bundle;
}

tl::expected<Bundle, std::string> read_bundle_bytes(std::string_view bytes, const std::string& name,
                                                    const ArchiveLimits& limits) {
  Reader reader(limits, {});
  if (archive_read_open_memory(reader.handle(), bytes.data(), bytes.size()) != ARCHIVE_OK) {
    return tl::unexpected(fmt::format("{}: it cannot be read: {}", name, error_of(reader.handle())));
  }
  auto bundle = reader.run();
  if (!bundle) bundle.error() = fmt::format("{}: {}", name, bundle.error());
  return bundle;
}

}  // namespace executor::bundle
