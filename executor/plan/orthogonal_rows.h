// Rows in which every pair of values occurs with as little repetition as algebra allows: where to start from.
// It must not know of constraints.
#pragma once

#include <cstddef>
#include <vector>

#include "executor/plan/allowed_rows.h"

namespace executor::plan {

/// Lists of rows, each of another width, some of whose factors may be open. For a list of width q (a prime
/// power, or any number if there are no more than three factors) with factors sorted by falling levels, first
/// taking max(first level, q) values: every two of the first q + 1 factors have each of their pairs in some
/// row, and there are max(first level, q) × q rows. Factors beyond, and values that a factor does not have,
/// are left open. The widths go from the second highest level up to the first that leaves no factor out.
std::vector<std::vector<Row>> orthogonal_rows(const std::vector<std::size_t>& levels);

}  // namespace executor::plan
