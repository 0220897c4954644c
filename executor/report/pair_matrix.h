// How each platform got on with each other one: the first thing to look at. It must not know how it is shown.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "executor/report/recording.h"

namespace executor::report {

/// Of the cases in which one platform plays a process and another a later one of the same scenario (of the
/// cases of one process: the platform with itself).
struct PairCell {
  std::size_t passed = 0;
  std::size_t flaky = 0;
  std::size_t failed = 0;
  std::size_t skipped = 0;
  std::size_t could_not_run = 0;

  [[nodiscard]] std::size_t all() const { return passed + failed + skipped + could_not_run; }
};

struct PairMatrix {
  std::vector<std::string> platforms;  ///< rows and columns, in the order in which cases name them
  std::map<std::pair<std::string, std::string>, PairCell> cells;
  std::string row_title;     ///< "writer" where all scenarios agree, else "first process"
  std::string column_title;  ///< "reader", or "later process"
};

PairMatrix pair_matrix(const Recording& recording);

}  // namespace executor::report
