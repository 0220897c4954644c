// std::cout and std::cerr while a run goes on: neither ever blocks the one who prints. It must not know what
// is printed.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>

#include "base/deadline.h"
#include "executor/cli/outlet.h"
#include "executor/cli/signals.h"

namespace executor::cli {

/// As long as it lives, what both streams are given is written by threads. Where both lead to the same place,
/// as on a terminal, one thread writes both, in their order. To be made when signals are blocked.
class Printed {
 public:
  Printed();
  /// What has not been written by now never is.
  ~Printed();
  Printed(const Printed&) = delete;
  Printed& operator=(const Printed&) = delete;

  /// Whether something is still to be written to stdout: what is only worth showing now need not be added.
  [[nodiscard]] bool is_behind() const { return out_.left() > 0; }

  /// Blocks until everything has been written, or nobody reads it any more. A signal (which becomes `signal`
  /// where that was none) or the end of `deadline`, before or meanwhile, bounds that: readers that take
  /// nothing for a second are given up, and any after three. SIGTSTP stops the process. Returns how many
  /// bytes of stdout were given up.
  std::size_t finish(Signals& signals, std::optional<int>& signal, const base::Deadline& deadline);
  /// For what is said of that on stderr, where it leads elsewhere: blocks for a second at most.
  void finish_errors() const;

 private:
  [[nodiscard]] std::size_t left() const { return out_.left() + (err_ ? err_->left() : 0); }
  [[nodiscard]] std::size_t written() const { return out_.written() + (err_ ? err_->written() : 0); }
  void wait(const Signals& signals, const base::Deadline& until) const;
  static bool meet_signals(Signals& signals, std::optional<int>& signal);

  Outlet out_;
  const std::unique_ptr<Outlet> err_;  ///< null: it leads where stdout does
  std::streambuf* const before_out_;
  std::streambuf* const before_err_;
};

/// The end of all printing, as `finish` has it; complains of what was given up. Whether all was read.
bool finish_printing(Printed& printed, Signals& signals, std::optional<int>& signal,
                     const base::Deadline& deadline);

}  // namespace executor::cli
