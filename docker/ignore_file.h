// The rules of .dockerignore: which paths of a folder are left out of a build. It must not touch any file.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace docker {

/// A .dockerignore file (moby/patternmatcher): a pattern a line, `#` begins a comment line, `!` takes back,
/// `*` and `?` stay within a path element, `[a-z]` is a range, `**` spans elements, `\` takes the next
/// character as it is. The last pattern that matches a path or one of its parent folders decides.
class IgnoreFile {
 public:
  IgnoreFile() = default;
  explicit IgnoreFile(std::string_view text);

  /// `path` is relative to the folder, with '/' between elements and none at its ends.
  [[nodiscard]] bool ignores(std::string_view path) const;
  /// Whether some pattern takes paths back: then an ignored folder must still be looked into.
  [[nodiscard]] bool has_exceptions() const { return has_exceptions_; }

 private:
  struct Pattern {
    std::vector<std::string> elements;
    bool exception = false;
  };

  std::vector<Pattern> patterns_;
  bool has_exceptions_ = false;
};

}  // namespace docker
