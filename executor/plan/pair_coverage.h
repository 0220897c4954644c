// A growing and shrinking list of rows, and how often each pair of values of two factors occurs in it.
// It must not know which rows are allowed, nor how one finds a good one.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "executor/plan/allowed_rows.h"

namespace executor::plan {

/// A value of one factor together with a value of a later one.
struct ValuePair {
  std::size_t factor;
  std::size_t value;
  std::size_t other_factor;
  std::size_t other_value;
};

/// Rows and the pairs in them, of at least two factors. Memory: 12 bytes × the square of the sum of the
/// levels, which must stay below 2^16.
class PairCoverage {
 public:
  /// No rows. `levels` says for each factor how many values it has.
  explicit PairCoverage(const std::vector<std::size_t>& levels);

  [[nodiscard]] const std::vector<std::size_t>& levels() const { return levels_; }
  [[nodiscard]] const std::vector<Row>& rows() const { return rows_; }

  /// The pairs that occur in no row and have not been given up, in no particular order.
  [[nodiscard]] std::size_t missing_count() const { return missing_.size(); }
  [[nodiscard]] ValuePair missing(std::size_t index) const;

  /// All pairs, those that have been given up included.
  [[nodiscard]] std::size_t pair_count() const { return pair_count_; }
  /// From now on the pair, which is missing, counts as covered.
  void give_up(const ValuePair& pair);
  /// The most pairs of two factors that have not been given up: no list that misses none has fewer rows.
  [[nodiscard]] std::size_t least_rows() const {
    return *std::max_element(possible_.begin(), possible_.end());
  }

  /// Rows without open factors. These take the square of the number of factors, `set_value` its first power.
  void add(const Row& row);
  void remove(std::size_t index);
  void clear();
  void set_value(std::size_t index, std::size_t factor, std::size_t value);

  /// How many missing pairs `row` would cover if its factor had that value. Open factors have no pairs.
  [[nodiscard]] std::size_t gain(const Row& row, std::size_t factor, std::size_t value) const;
  /// How many missing pairs `row` would cover.
  [[nodiscard]] std::size_t gain(const Row& row) const;
  /// How many pairs only this row covers.
  [[nodiscard]] std::size_t only_here(std::size_t index) const;
  /// The same, of the pairs with this factor.
  [[nodiscard]] std::size_t only_here(std::size_t index, std::size_t factor) const;

 private:
  using PairId = std::uint32_t;

  [[nodiscard]] PairId id_of(std::size_t f, std::size_t a, std::size_t g, std::size_t b) const {
    const auto first = start_[f] + a;
    const auto second = start_[g] + b;
    return static_cast<PairId>(f < g ? first * total_ + second : second * total_ + first);
  }
  void count_up(PairId id);
  void count_down(PairId id);

  std::vector<std::size_t> levels_;
  std::vector<std::size_t> start_;  ///< for each factor the number of values of those before it
  std::size_t total_ = 0;           ///< values of all factors
  std::size_t pair_count_ = 0;
  std::vector<Row> rows_;
  std::vector<std::uint32_t> count_;  ///< by pair: in how many rows; one more if it was given up
  std::vector<PairId> missing_;
  std::vector<std::uint32_t> place_;   ///< by missing pair: where it is in `missing_`
  std::vector<std::size_t> possible_;  ///< by two factors: their pairs that have not been given up
};

}  // namespace executor::plan
