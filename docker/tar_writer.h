// Writes a tar archive into memory piece by piece, with libarchive. Internal to docker/.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <span>
#include <string>

#include "docker/build_context.h"
#include "docker/error.h"

struct archive;

namespace docker {

/// One archive in the pax format, whose bytes are taken away as they are made.
class TarWriter {
 public:
  TarWriter();
  ~TarWriter();
  TarWriter(const TarWriter&) = delete;
  TarWriter& operator=(const TarWriter&) = delete;

  /// Writes an entry's header; a regular file's content follows by add_file_piece. `source` is the file to
  /// read it from. Errors: `bad_input` if it cannot be read.
  Result<void> begin(const BuildContext::Entry& entry, const std::filesystem::path& source);
  [[nodiscard]] bool file_open() const { return file_.is_open(); }
  /// The next piece of the open file. A file that became shorter meanwhile is `bad_input`.
  Result<void> add_file_piece();

  /// A whole regular file from memory.
  void add_file(const std::string& path, unsigned mode, std::string_view content);

  /// Writes the archive's end.
  void finish();
  [[nodiscard]] bool finished() const { return finished_; }

  /// Bytes made and not yet taken.
  [[nodiscard]] std::size_t pending() const { return made_.size() - taken_; }
  /// Moves made bytes into the span; returns how many.
  std::size_t take(std::span<char> into);
  /// All of them.
  std::string take_all();

 private:
  struct Deleter {
    void operator()(archive* handle) const;
  };

  std::string made_;
  std::size_t taken_ = 0;
  std::string piece_;
  std::ifstream file_;
  std::filesystem::path file_path_;
  std::uintmax_t file_left_ = 0;
  bool finished_ = false;
  std::unique_ptr<archive, Deleter> archive_;  // last: closing it writes into made_
};

}  // namespace docker
