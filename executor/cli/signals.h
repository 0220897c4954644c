// Signals as something to wait for: blocked in every thread, met by the main thread alone.
#pragma once

#include <optional>

#include "base/fd.h"

namespace executor::cli {

/// Blocks SIGINT and SIGTERM in the calling thread and all that it starts later; ignores SIGPIPE. To be made
/// before any thread is.
class Signals {
 public:
  Signals();

  /// Readable when one has come.
  [[nodiscard]] int fd() const { return fd_.get(); }
  /// The number of one that has come; nothing if none has.
  std::optional<int> next();

 private:
  base::Fd fd_;
};

}  // namespace executor::cli
