// In which order the cases of a plan begin where several execute at a time. Pure.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <vector>

namespace executor::schedule {

/// How long each case of a plan took before, by its index; nothing where that is not known.
using KnownDurations = std::vector<std::optional<std::chrono::milliseconds>>;

/// Indexes, the longest first: a long case that begins last leaves all other workers idle. Those that are not
/// known may be long ones, and come before all others, in the plan's order.
std::vector<std::size_t> longest_first(const KnownDurations& durations);

}  // namespace executor::schedule
