// What GitHub Actions shows of a run: annotations at lines of feature files, and a summary of the job. It
// must not know how the log is printed.
#pragma once

#include <cstddef>
#include <ostream>
#include <string>
#include <string_view>

#include "executor/report/recording.h"

namespace executor::report {

/// GitHub keeps ten error annotations of a step and drops the others.
inline constexpr std::size_t kMostAnnotations = 10;
/// GitHub refuses a step's summary above 1 MiB as a whole.
inline constexpr std::size_t kMostSummary = std::size_t{1} << 20U;

/// Workflow commands: one error for each cause, where its first case failed, and one warning about flaky
/// cases. Nothing that stands in a message can be a command.
void write_annotations(const Recording& recording, std::ostream& out);

/// Markdown of at most `most` bytes: the numbers, the matrix as a table, and each cause with its failures
/// folded. What there is no room for is counted.
void write_summary(const Recording& recording, std::ostream& out, std::size_t most = kMostSummary);

}  // namespace executor::report
