// Few rows in which every value of every factor occurs that can. It must not know of scenarios, processes and
// platforms.
#pragma once

#include <cstddef>
#include <vector>

#include "executor/plan/allowed_rows.h"

namespace executor::plan {

/// Allowed rows in lexicographic order, none twice, such that every value of a factor that occurs in some
/// allowed row occurs in one of these. Without constraints as many as the factor with the most values has,
/// and no row has one value throughout where it can be helped. `levels` says for each factor how many values
/// it has.
std::vector<Row> cover_each(const std::vector<std::size_t>& levels, const std::vector<Forbidden>& forbidden);

}  // namespace executor::plan
