// What is said of objects that a run has left behind: a failure of its own kind, whatever the cases came to.
// It must not know where that is said.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "executor/model/event.h"

namespace executor::report {

/// What the engine said at the end of a run; nothing: it could not be asked.
using Left = std::optional<std::vector<model::LeftBehind>>;

[[nodiscard]] inline bool is_clean(const Left& left) {
  return left && left->empty();
}

/// "2 objects left behind"; empty if nothing is.
std::string headline(const Left& left);

/// "container cexec-0b0f2c0e-3-writer of features/frames.feature:12 writer=python", on one clean line.
std::string describe(const model::LeftBehind& object);

/// All of them, a line each, and what becomes of them.
std::string describe(const Left& left);

}  // namespace executor::report
