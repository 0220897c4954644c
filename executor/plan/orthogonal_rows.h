// Rows in which every pair of values occurs with as little repetition as algebra allows: where to start from.
// It must not know of constraints.
#pragma once

#include <cstddef>
#include <vector>

#include "executor/plan/allowed_rows.h"

namespace executor::plan {

/// Lists of rows for two factors or more, some of whose values are open. Each list is for a width q: a prime
/// power, or any number if there are no more than three factors. Of the first q + 1 factors by falling
/// levels, every two have each of their pairs in some row, in max(highest level, q) × q rows. Open are the
/// factors beyond those, and where a factor lacks the value. The widths go from the second highest level up
/// to the first that leaves no factor out.
std::vector<std::vector<Row>> orthogonal_rows(const std::vector<std::size_t>& levels);

}  // namespace executor::plan
