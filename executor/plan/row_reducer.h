// From rows that cover all pairs to fewer rows that do. It must not know how the rows were found.
#pragma once

#include "executor/plan/allowed_rows.h"
#include "executor/plan/pair_coverage.h"
#include "executor/plan/random.h"

namespace executor::plan {

/// Takes rows out of a coverage that misses no pair for as long as the others can be changed to make up for
/// them, which is tried for at most some 20 million comparisons of numbers. Still misses no pair then; all
/// rows are allowed if they were, and each has a pair that no other has.
void reduce_rows(AllowedRows& allowed, PairCoverage& coverage, Random& random);

}  // namespace executor::plan
