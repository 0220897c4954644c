// Writes a tar archive into memory piece by piece, with libarchive. Internal to docker/.
#include "docker/tar_writer.h"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include <algorithm>

namespace docker {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kPiece = std::size_t{64} << 10U;

struct EntryDeleter {
  void operator()(archive_entry* entry) const { archive_entry_free(entry); }
};
using EntryPointer = std::unique_ptr<archive_entry, EntryDeleter>;

la_ssize_t on_write(archive*, void* made, const void* bytes, std::size_t size) {
  static_cast<std::string*>(made)->append(static_cast<const char*>(bytes), size);
  return static_cast<la_ssize_t>(size);
}

EntryPointer new_entry(const std::string& path, unsigned type, unsigned mode, std::uintmax_t size) {
  EntryPointer entry(archive_entry_new());
  archive_entry_set_pathname_utf8(entry.get(), path.c_str());
  archive_entry_set_filetype(entry.get(), type);
  archive_entry_set_perm(entry.get(), mode);
  archive_entry_set_size(entry.get(), static_cast<la_int64_t>(size));
  archive_entry_set_mtime(entry.get(), 0, 0);
  return entry;
}

Error unreadable(const fs::path& path, std::string_view why) {
  return bad_input(fmt::format("{}: {}", path.string(), why));
}

}  // namespace

void TarWriter::Deleter::operator()(archive* handle) const {
  archive_write_free(handle);
}

TarWriter::TarWriter() : archive_(archive_write_new()) {
  archive_write_set_format_pax_restricted(archive_.get());
  archive_write_set_bytes_per_block(archive_.get(), 0);  // hand on each write as it is made
  archive_write_open(archive_.get(), &made_, nullptr, &on_write, nullptr);
}

TarWriter::~TarWriter() = default;

Result<void> TarWriter::begin(const BuildContext::Entry& entry, const fs::path& source) {
  const bool is_file = entry.type == fs::file_type::regular;
  const bool is_link = entry.type == fs::file_type::symlink;
  file_left_ = 0;
  if (is_file) {
    std::error_code error;
    file_path_ = source;
    file_left_ = fs::file_size(source, error);
    if (error) return tl::unexpected(unreadable(source, error.message()));
    if (file_left_ > 0) {
      file_.open(source, std::ios::binary);
      if (!file_) return tl::unexpected(unreadable(source, "cannot be read"));
    }
  }
  const auto header =
      new_entry(entry.path, is_file ? AE_IFREG : (is_link ? AE_IFLNK : AE_IFDIR), entry.mode, file_left_);
  if (is_link) archive_entry_set_symlink_utf8(header.get(), entry.link_target.c_str());
  if (archive_write_header(archive_.get(), header.get()) >= ARCHIVE_WARN) return {};
  return tl::unexpected(unreadable(source, archive_error_string(archive_.get())));
}

Result<void> TarWriter::add_file_piece() {
  piece_.resize(static_cast<std::size_t>(std::min<std::uintmax_t>(file_left_, kPiece)));
  file_.read(piece_.data(), static_cast<std::streamsize>(piece_.size()));
  if (static_cast<std::size_t>(file_.gcount()) != piece_.size()) {
    file_.close();
    return tl::unexpected(unreadable(file_path_, "became shorter while it was read"));
  }
  archive_write_data(archive_.get(), piece_.data(), piece_.size());
  file_left_ -= piece_.size();
  if (file_left_ == 0) file_.close();
  return {};
}

void TarWriter::add_file(const std::string& path, unsigned mode, std::string_view content) {
  archive_write_header(archive_.get(), new_entry(path, AE_IFREG, mode, content.size()).get());
  archive_write_data(archive_.get(), content.data(), content.size());
}

void TarWriter::finish() {
  archive_write_close(archive_.get());
  finished_ = true;
}

std::size_t TarWriter::take(std::span<char> into) {
  const auto n = std::min(into.size(), pending());
  std::copy_n(made_.begin() + static_cast<std::ptrdiff_t>(taken_), n, into.begin());
  taken_ += n;
  if (pending() == 0) {
    made_.clear();
    taken_ = 0;
  }
  return n;
}

std::string TarWriter::take_all() {
  auto all = made_.substr(taken_);
  made_.clear();
  taken_ = 0;
  return all;
}

}  // namespace docker
