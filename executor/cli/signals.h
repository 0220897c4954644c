// Signals as something to wait for: blocked in every thread, met by the main thread alone.
#pragma once

#include <optional>
#include <string>

#include "base/fd.h"

namespace executor::cli {

/// Blocks the signals that mean something to a run in the calling thread and all that it starts later: SIGINT
/// and SIGTERM; SIGHUP and SIGTSTP, unless they are ignored (nohup(1)); SIGUSR1. Ignores SIGPIPE. To be made
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

/// "SIGINT"
std::string signal_name(int number);

/// Makes sure that the three standard descriptors are open, so that no file or socket of ours takes the place
/// of one that the caller closed, and what is printed goes into it. To be called first of all.
void hold_standard_descriptors();

}  // namespace executor::cli
