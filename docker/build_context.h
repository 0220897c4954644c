// The folder that an image is built from: which files belong to it, their digest, and their tar stream. It
// must not talk to any engine.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "docker/error.h"
#include "docker/transport.h"

namespace docker {

/// The files of a build context, found once. Content is read when it is digested or sent, piece by piece.
class BuildContext {
 public:
  struct Entry {
    std::string path;  ///< relative to the folder, '/' between elements
    std::filesystem::file_type type = std::filesystem::file_type::regular;
    unsigned mode = 0;        ///< permission bits
    std::string link_target;  ///< of a symbolic link
  };

  /// Walks `folder`, leaving out what its .dockerignore names (never the Dockerfile and .dockerignore
  /// themselves). `dockerfile` is relative to the folder. Errors: `bad_input` for a folder, Dockerfile or
  /// .dockerignore that cannot be read, and for anything but files, folders and links in the folder.
  static Result<BuildContext> scan(const std::filesystem::path& folder, const std::string& dockerfile);

  [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }  ///< sorted by path
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
  [[nodiscard]] const std::string& dockerfile() const { return dockerfile_; }

  /// SHA-256 over paths, types, permission bits and contents, in hexadecimal: the same files give the same
  /// digest whoever owns them and whenever they were touched. Errors: `bad_input` for an unreadable file.
  [[nodiscard]] Result<std::string> digest() const;

  /// The tar stream, made as it is read: constant memory however large the folder. Owner 0, time 0. The
  /// source must not outlive this object.
  [[nodiscard]] BodySource tar() const;

 private:
  std::filesystem::path folder_;
  std::string dockerfile_;
  std::vector<Entry> entries_;
};

}  // namespace docker
