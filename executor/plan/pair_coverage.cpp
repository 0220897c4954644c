// A growing and shrinking list of rows, and how often each pair of values of two factors occurs in it.
// It must not know which rows are allowed, nor how one finds a good one.
#include "executor/plan/pair_coverage.h"

#include <algorithm>

namespace executor::plan {

PairCoverage::PairCoverage(const std::vector<std::size_t>& levels) : levels_(levels) {
  for (const auto count : levels) {
    start_.push_back(total_);
    total_ += count;
  }
  count_.assign(total_ * total_, 0);
  place_.assign(total_ * total_, 0);
  possible_.assign(levels.size() * levels.size(), 0);
  for (std::size_t f = 0; f < levels.size(); ++f) {
    for (std::size_t g = f + 1; g < levels.size(); ++g) {
      possible_[f * levels.size() + g] = levels[f] * levels[g];
      for (std::size_t a = 0; a < levels[f]; ++a) {
        for (std::size_t b = 0; b < levels[g]; ++b) {
          place_[id_of(f, a, g, b)] = static_cast<std::uint32_t>(missing_.size());
          missing_.push_back(id_of(f, a, g, b));
        }
      }
    }
  }
  pair_count_ = missing_.size();
}

ValuePair PairCoverage::missing(std::size_t index) const {
  const auto factor_of = [&](std::size_t value) {
    const auto after = std::upper_bound(start_.begin(), start_.end(), value);
    return static_cast<std::size_t>(after - start_.begin()) - 1;
  };
  const std::size_t first = missing_[index] / total_;
  const std::size_t second = missing_[index] % total_;
  const auto f = factor_of(first);
  const auto g = factor_of(second);
  return {f, first - start_[f], g, second - start_[g]};
}

void PairCoverage::give_up(const ValuePair& pair) {
  --possible_[pair.factor * levels_.size() + pair.other_factor];
  count_up(id_of(pair.factor, pair.value, pair.other_factor, pair.other_value));
}

void PairCoverage::count_up(PairId id) {
  if (count_[id]++ > 0) return;
  const auto place = place_[id];
  missing_[place] = missing_.back();
  place_[missing_[place]] = place;
  missing_.pop_back();
}

void PairCoverage::count_down(PairId id) {
  if (--count_[id] > 0) return;
  place_[id] = static_cast<std::uint32_t>(missing_.size());
  missing_.push_back(id);
}

void PairCoverage::add(const Row& row) {
  for (std::size_t f = 0; f < row.size(); ++f) {
    for (std::size_t g = f + 1; g < row.size(); ++g) count_up(id_of(f, row[f], g, row[g]));
  }
  rows_.push_back(row);
}

void PairCoverage::remove(std::size_t index) {
  std::swap(rows_[index], rows_.back());
  const auto& row = rows_.back();
  for (std::size_t f = 0; f < row.size(); ++f) {
    for (std::size_t g = f + 1; g < row.size(); ++g) count_down(id_of(f, row[f], g, row[g]));
  }
  rows_.pop_back();
}

void PairCoverage::clear() {
  while (!rows_.empty()) remove(rows_.size() - 1);
}

void PairCoverage::set_value(std::size_t index, std::size_t factor, std::size_t value) {
  auto& row = rows_[index];
  for (std::size_t g = 0; g < row.size(); ++g) {
    if (g == factor) continue;
    count_down(id_of(factor, row[factor], g, row[g]));
    count_up(id_of(factor, value, g, row[g]));
  }
  row[factor] = value;
}

std::size_t PairCoverage::gain(const Row& row, std::size_t factor, std::size_t value) const {
  std::size_t count = 0;
  for (std::size_t g = 0; g < row.size(); ++g) {
    if (g == factor || row[g] == kOpen) continue;
    if (count_[id_of(factor, value, g, row[g])] == 0) ++count;
  }
  return count;
}

std::size_t PairCoverage::gain(const Row& row) const {
  std::size_t twice = 0;
  for (std::size_t f = 0; f < row.size(); ++f) {
    if (row[f] != kOpen) twice += gain(row, f, row[f]);
  }
  return twice / 2;
}

std::size_t PairCoverage::only_here(std::size_t index, std::size_t factor) const {
  const auto& row = rows_[index];
  std::size_t count = 0;
  for (std::size_t g = 0; g < row.size(); ++g) {
    if (g != factor && count_[id_of(factor, row[factor], g, row[g])] == 1) ++count;
  }
  return count;
}

std::size_t PairCoverage::only_here(std::size_t index) const {
  std::size_t twice = 0;
  for (std::size_t f = 0; f < rows_[index].size(); ++f) twice += only_here(index, f);
  return twice / 2;
}

}  // namespace executor::plan
