// Text that waits in a file which has no name. It must not know what the text is, nor where it goes.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>

namespace executor::cli {

/// First in, first out. The file is made for the first text, and is gone with the spool. Not thread-safe.
class Spool {
 public:
  Spool() = default;
  ~Spool() {
    if (file_ != nullptr) std::fclose(file_);
  }
  Spool(const Spool&) = delete;
  Spool& operator=(const Spool&) = delete;

  /// Bytes that wait.
  [[nodiscard]] std::size_t size() const { return static_cast<std::size_t>(end_ - begin_); }
  /// How much of the text has found room, in bytes.
  std::size_t add(std::string_view text);
  /// At most so much of what came first. Empty where it cannot be read any more, which ends it.
  std::string take(std::size_t most);

 private:
  std::FILE* file_ = nullptr;
  ::off_t begin_ = 0;
  ::off_t end_ = 0;
};

}  // namespace executor::cli
