// A folder of a test's own that goes with it.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace tests {

/// Made empty in the constructor, removed with all it holds in the destructor.
class TempFolder {
 public:
  TempFolder();
  ~TempFolder();
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  /// Writes a file, and the folders on the way to it; returns its path.
  std::filesystem::path write(const std::string& name, std::string_view content) const;

 private:
  std::filesystem::path path_;
};

/// The content of a file; empty if there is none.
std::string read_file(const std::filesystem::path& path);

}  // namespace tests
