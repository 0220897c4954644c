// Few rows in which every pair of values of two factors occurs that can: pairwise covering arrays. Pure: it
// knows numbers only, and must not know of scenarios, processes and platforms.
#pragma once

#include <cstddef>
#include <vector>

#include "executor/plan/allowed_rows.h"

namespace executor::plan {

/// Allowed rows in lexicographic order, none twice, such that every pair of values of two factors that occurs
/// in some allowed row occurs in one of these. `levels` says for each factor how many values it has. Of one
/// factor: all its values that are allowed; of none: one empty row, unless a constraint forbids even that;
/// nothing if nothing is allowed, as where a factor has no values. The levels must add up to less than 65536.
///
/// The same input gives the same rows everywhere. Their number is not always the smallest, which is an open
/// question for most inputs, but near the best that is known: at most 1.1 times for 2 to 12 factors with 2 to
/// 8 values each, the very least for 2 and 3 factors without constraints. The work is bounded (except by
/// constraints, see AllowedRows::completed): some 10 ms for 4 factors of 6 values, 0.1 s for 12 of 12.
std::vector<Row> cover_pairs(const std::vector<std::size_t>& levels, const std::vector<Forbidden>& forbidden);

}  // namespace executor::plan
