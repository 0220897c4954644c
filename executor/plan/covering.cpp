// Few rows in which every pair of values of two factors occurs that can: pairwise covering arrays. Pure: it
// knows numbers only, and must not know of scenarios, processes and platforms.
#include "executor/plan/covering.h"

#include <algorithm>
#include <utility>

#include "executor/plan/orthogonal_rows.h"
#include "executor/plan/pair_coverage.h"
#include "executor/plan/random.h"
#include "executor/plan/row_reducer.h"

namespace executor::plan {
namespace {

/// Adds rows to a coverage until it misses no pair. A row begins with the values wished for it, and gets the
/// others one by one so that each covers the most.
class Builder {
 public:
  Builder(AllowedRows& allowed, PairCoverage& coverage, Random& random)
      : allowed_(allowed), coverage_(coverage), random_(random) {}

  /// Gives up the pairs that no allowed row has.
  void build(const std::vector<Row>& wishes) {
    for (const auto& wish : wishes) {
      if (std::all_of(wish.begin(), wish.end(), [](std::size_t value) { return value == kOpen; })) continue;
      const Row row = fill(wish);
      if (coverage_.gain(row) > 0) coverage_.add(row);
    }
    while (coverage_.missing_count() > 0) {
      const auto pair = coverage_.missing(random_.below(coverage_.missing_count()));
      Row wish(coverage_.levels().size(), kOpen);
      wish[pair.factor] = pair.value;
      wish[pair.other_factor] = pair.other_value;
      if (allowed_.completed(wish)) {
        coverage_.add(fill(wish));
      } else {
        coverage_.give_up(pair);
      }
    }
  }

 private:
  /// An allowed row with those of the wished values that the earlier ones permit.
  Row fill(const Row& wish) {
    RowDraft draft(allowed_, wish.size());
    std::vector<std::size_t> open;
    for (std::size_t f = 0; f < wish.size(); ++f) {
      if (wish[f] == kOpen || !draft.try_value(f, wish[f])) open.push_back(f);
    }
    random_.shuffle(open);
    for (const auto factor : open) choose_value(draft, factor);
    return draft.row();
  }

  void choose_value(RowDraft& draft, std::size_t factor) {
    const std::size_t count = coverage_.levels()[factor];
    const std::size_t first = random_.below(count);
    std::vector<std::pair<std::size_t /*gain*/, std::size_t /*value*/>> choices;
    for (std::size_t i = 0; i < count; ++i) {
      const auto value = (first + i) % count;
      choices.emplace_back(coverage_.gain(draft.row(), factor, value), value);
    }
    std::stable_sort(choices.begin(), choices.end(),
                     [](const auto& a, const auto& b) { return a.first > b.first; });
    for (const auto& [gain, value] : choices) {
      if (draft.try_value(factor, value)) return;
    }
  }

  AllowedRows& allowed_;
  PairCoverage& coverage_;
  Random& random_;
};

std::vector<Row> cover_less_than_two(const std::vector<std::size_t>& levels, const AllowedRows& allowed) {
  std::vector<Row> rows;
  if (levels.empty()) rows.emplace_back();
  for (std::size_t value = 0; !levels.empty() && value < levels[0]; ++value) rows.push_back({value});
  std::erase_if(rows, [&](const Row& row) { return !allowed.contains(row); });
  return rows;
}

}  // namespace

std::vector<Row> cover_pairs(const std::vector<std::size_t>& levels,
                             const std::vector<Forbidden>& forbidden) {
  AllowedRows allowed(levels, forbidden);
  if (levels.size() < 2) return cover_less_than_two(levels, allowed);
  if (!allowed.completed(Row(levels.size(), kOpen))) return {};
  Random random;
  PairCoverage best(levels);
  Builder(allowed, best, random).build({});
  PairCoverage empty = best;
  empty.clear();
  for (const auto& wishes : orthogonal_rows(levels)) {
    if (best.rows().size() == best.least_rows()) break;
    PairCoverage other = empty;
    Builder(allowed, other, random).build(wishes);
    if (other.rows().size() < best.rows().size()) best = std::move(other);
  }
  reduce_rows(allowed, best, random);
  auto rows = best.rows();
  std::sort(rows.begin(), rows.end());
  return rows;
}

}  // namespace executor::plan
