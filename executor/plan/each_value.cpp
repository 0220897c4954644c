// Few rows in which every value of every factor occurs that can. It must not know of scenarios, processes and
// platforms.
#include "executor/plan/each_value.h"

#include <algorithm>
#include <set>

namespace executor::plan {
namespace {

class EachValue {
 public:
  EachValue(const std::vector<std::size_t>& levels, const std::vector<Forbidden>& forbidden)
      : levels_(levels), allowed_(levels, forbidden) {
    for (const auto count : levels) open_.emplace_back(count, true);
  }

  std::vector<Row> rows() {
    if (levels_.empty()) {
      if (const auto empty = allowed_.completed({})) rows_.insert(*empty);
    }
    const auto most = levels_.empty() ? 0 : *std::max_element(levels_.begin(), levels_.end());
    for (std::size_t value = 0; value < most; ++value) {
      for (std::size_t factor = 0; factor < levels_.size(); ++factor) {
        if (value < levels_[factor] && open_[factor][value]) add_row_with(factor, value);
      }
    }
    return {rows_.begin(), rows_.end()};
  }

 private:
  void add_row_with(std::size_t factor, std::size_t value) {
    Row row(levels_.size(), kOpen);
    row[factor] = value;
    if (!allowed_.completed(row)) return;  // it occurs nowhere
    // A diagonal through the values, so that they are mixed.
    for (std::size_t other = 0; other < row.size(); ++other) {
      if (other != factor) add_open_value(row, other, value + other + levels_[other] * factor - factor);
    }
    row = *allowed_.completed(std::move(row));
    for (std::size_t i = 0; i < row.size(); ++i) open_[i][row[i]] = false;
    rows_.insert(std::move(row));
  }

  /// The first one from `first` on that is in no row yet, if the row can still be completed with it.
  void add_open_value(Row& row, std::size_t factor, std::size_t first) {
    for (std::size_t i = 0; i < levels_[factor]; ++i) {
      const auto value = (first + i) % levels_[factor];
      if (!open_[factor][value]) continue;
      row[factor] = value;
      if (allowed_.completed(row)) return;
      row[factor] = kOpen;
    }
  }

  const std::vector<std::size_t>& levels_;
  AllowedRows allowed_;
  std::vector<std::vector<bool>> open_;  ///< by factor and value: in no row yet
  std::set<Row> rows_;
};

}  // namespace

std::vector<Row> cover_each(const std::vector<std::size_t>& levels, const std::vector<Forbidden>& forbidden) {
  return EachValue(levels, forbidden).rows();
}

}  // namespace executor::plan
