// From rows that cover all pairs to fewer rows that do. It must not know how the rows were found.
#include "executor/plan/row_reducer.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

namespace executor::plan {
namespace {

/// Comparisons of two numbers that may be spent. With 2 to 12 factors of 2 to 8 values three times as many
/// save one row in a thousand.
std::int64_t budget_for(const PairCoverage& coverage) {
  constexpr std::int64_t kEachPair = 10'000;
  constexpr std::int64_t kInAll = 20'000'000;
  return std::min(kInAll, kEachPair * static_cast<std::int64_t>(coverage.pair_count()));
}

/// Tabu search: Nurmela, "Upper bounds for covering arrays by tabu search", Discrete Applied Mathematics 138
/// (2004). One move covers one missing pair, as cheaply as can be, even if that uncovers more than it covers;
/// what has just been changed stays as it is for a few moves, lest the search runs in circles.
class Reducer {
 public:
  Reducer(AllowedRows& allowed, PairCoverage& coverage, Random& random)
      : allowed_(allowed), coverage_(coverage), random_(random), budget_(budget_for(coverage)) {}

  void reduce() {
    while (coverage_.rows().size() > coverage_.least_rows() && budget_ > 0) {
      auto before = coverage_;
      coverage_.remove(least_needed());
      if (!repair()) coverage_ = std::move(before);
    }
    for (std::size_t i = coverage_.rows().size(); i > 0; --i) {
      if (coverage_.only_here(i - 1) == 0) coverage_.remove(i - 1);
    }
  }

 private:
  /// A row as it could be instead.
  struct Change {
    std::size_t index;
    Row row;
  };

  [[nodiscard]] std::size_t factors() const { return coverage_.levels().size(); }
  void spend(std::size_t comparisons) { budget_ -= static_cast<std::int64_t>(comparisons); }

  std::size_t least_needed() {
    spend(coverage_.rows().size() * factors() * factors());
    std::vector<std::size_t> needed;
    for (std::size_t i = 0; i < coverage_.rows().size(); ++i) needed.push_back(coverage_.only_here(i));
    return static_cast<std::size_t>(std::min_element(needed.begin(), needed.end()) - needed.begin());
  }

  /// Whether no pair is missing in the end.
  bool repair() {
    fixed_until_.assign(coverage_.rows().size() * factors(), 0);
    for (move_ = 0; coverage_.missing_count() > 0; ++move_) {
      if (budget_ <= 0) return false;
      const auto pair = coverage_.missing(random_.below(coverage_.missing_count()));
      auto change = best_single_change(pair);
      if (!change) change = best_rewriting(pair);
      if (change) apply(*change);
    }
    return true;
  }

  void apply(const Change& change) {
    for (std::size_t f = 0; f < factors(); ++f) {
      if (coverage_.rows()[change.index][f] == change.row[f]) continue;
      fixed_until_[change.index * factors() + f] = move_ + 2 + random_.below(4);
    }
    set_row(change.index, change.row);
  }

  void set_row(std::size_t index, const Row& row) {
    for (std::size_t f = 0; f < factors(); ++f) {
      if (coverage_.rows()[index][f] != row[f]) coverage_.set_value(index, f, row[f]);
    }
  }

  [[nodiscard]] bool is_fixed(std::size_t index, std::size_t factor) const {
    return fixed_until_[index * factors() + factor] > move_;
  }

  /// Of the rows that have one of the pair's values, the one that gets the other at the least cost.
  std::optional<Change> best_single_change(const ValuePair& pair) {
    std::optional<Change> best;
    std::ptrdiff_t least = 0;
    std::size_t ties = 0;
    spend(2 * coverage_.rows().size());
    for (std::size_t i = 0; i < coverage_.rows().size(); ++i) {
      const Row& row = coverage_.rows()[i];
      const bool has_first = row[pair.factor] == pair.value;
      if (has_first == (row[pair.other_factor] == pair.other_value)) continue;
      const auto factor = has_first ? pair.other_factor : pair.factor;
      const auto value = has_first ? pair.other_value : pair.value;
      if (is_fixed(i, factor)) continue;
      spend(factors());
      const auto cost = static_cast<std::ptrdiff_t>(coverage_.only_here(i, factor)) -
                        static_cast<std::ptrdiff_t>(coverage_.gain(row, factor, value));
      if (best && cost > least) continue;
      scratch_ = row;
      scratch_[factor] = value;
      if (!allowed_.contains(scratch_)) continue;
      ties = best && cost == least ? ties + 1 : 1;
      if (random_.below(ties) == 0) best = Change{i, scratch_};
      least = cost;
    }
    return best;
  }

  /// Where constraints leave no single change: of some rows, the one that can take both values at the least
  /// cost, keeping as many of its own as the constraints permit.
  std::optional<Change> best_rewriting(const ValuePair& pair) {
    constexpr int kTries = 8;
    std::optional<Change> best;
    std::size_t least = 0;
    for (int i = 0; i < kTries; ++i) {
      const auto index = random_.below(coverage_.rows().size());
      Change change{index, rewritten(coverage_.rows()[index], pair)};
      const auto missing = missing_after(change);
      if (!missing || (best && *missing >= least)) continue;
      best = std::move(change);
      least = *missing;
    }
    return best;
  }

  Row rewritten(const Row& row, const ValuePair& pair) {
    const auto before = allowed_.comparisons();
    RowDraft draft(allowed_, factors());
    draft.try_value(pair.factor, pair.value);
    draft.try_value(pair.other_factor, pair.other_value);
    std::vector<std::size_t> rest;
    for (std::size_t f = 0; f < factors(); ++f) {
      if (draft.row()[f] == kOpen) rest.push_back(f);
    }
    random_.shuffle(rest);
    for (const auto factor : rest) draft.try_value(factor, row[factor]);
    spend(allowed_.comparisons() - before);
    return draft.completed();
  }

  /// Nothing if it changes what is to stay.
  std::optional<std::size_t> missing_after(const Change& change) {
    const Row row = coverage_.rows()[change.index];
    for (std::size_t f = 0; f < factors(); ++f) {
      if (row[f] != change.row[f] && is_fixed(change.index, f)) return std::nullopt;
    }
    spend(2 * factors() * factors());
    set_row(change.index, change.row);
    const auto missing = coverage_.missing_count();
    set_row(change.index, row);
    return missing;
  }

  AllowedRows& allowed_;
  PairCoverage& coverage_;
  Random& random_;
  std::int64_t budget_;
  std::size_t move_ = 0;                  ///< of the current repair
  std::vector<std::size_t> fixed_until_;  ///< by row and factor: the move from which it may change again
  Row scratch_;
};

}  // namespace

void reduce_rows(AllowedRows& allowed, PairCoverage& coverage, Random& random) {
  Reducer(allowed, coverage, random).reduce();
}

}  // namespace executor::plan
