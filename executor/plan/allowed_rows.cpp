// Which rows of numbers the constraints allow, and whether a row that is decided in part can still become
// one. It must not know what the numbers stand for, nor why a row is wanted.
#include "executor/plan/allowed_rows.h"

#include <algorithm>
#include <bit>
#include <iterator>

namespace executor::plan {
namespace {

using Words = std::vector<std::uint64_t>;

constexpr std::size_t kBits = 64;

void insert(Words& set, std::size_t bit) {
  set[bit / kBits] |= std::uint64_t{1} << (bit % kBits);
}

bool has(const Words& set, std::size_t bit) {
  return (set[bit / kBits] >> (bit % kBits) & 1U) != 0;
}

void subtract(Words& set, const Words& other) {
  for (std::size_t w = 0; w < set.size(); ++w) set[w] &= ~other[w];
}

bool is_empty(const Words& set) {
  return std::all_of(set.begin(), set.end(), [](std::uint64_t word) { return word == 0; });
}

bool is_within(const Words& set, const Words& other) {
  for (std::size_t w = 0; w < set.size(); ++w) {
    if ((set[w] & ~other[w]) != 0) return false;
  }
  return true;
}

std::size_t count_common(const Words& set, const Words& other) {
  std::size_t count = 0;
  for (std::size_t w = 0; w < set.size(); ++w) {
    count += static_cast<std::size_t>(std::popcount(set[w] & other[w]));
  }
  return count;
}

/// A value that an open factor may take.
struct Choice {
  std::size_t factor;
  std::size_t value;
  const Words* escapes;
  std::size_t gain;  ///< how many of the constraints that are left it escapes
};

/// Whether there could be a way on at all: each factor at its best, as if none did what another does.
bool may_suffice(const Words& left, const std::vector<Choice>& choices) {
  std::size_t sum = 0;
  std::size_t best = 0;
  for (std::size_t i = 0; i < choices.size(); ++i) {
    best = std::max(best, choices[i].gain);
    if (i + 1 < choices.size() && choices[i + 1].factor == choices[i].factor) continue;
    sum += best;
    best = 0;
  }
  return sum >= count_common(left, left);
}

/// The choices that escape the constraint with the fewest of them: one of these it must be. The best first.
std::vector<Choice> ways_out(const Words& left, const std::vector<Choice>& choices) {
  std::vector<std::size_t> count(left.size() * kBits, 0);  // by constraint
  for (const auto& choice : choices) {
    for (std::size_t w = 0; w < left.size(); ++w) {
      for (auto bits = left[w] & (*choice.escapes)[w]; bits != 0; bits &= bits - 1) {
        ++count[w * kBits + static_cast<std::size_t>(std::countr_zero(bits))];
      }
    }
  }
  std::optional<std::size_t> hardest;
  for (std::size_t rule = 0; rule < count.size(); ++rule) {
    if (has(left, rule) && (!hardest || count[rule] < count[*hardest])) hardest = rule;
  }
  std::vector<Choice> ways;
  std::copy_if(choices.begin(), choices.end(), std::back_inserter(ways),
               [&](const Choice& choice) { return has(*choice.escapes, *hardest); });
  std::stable_sort(ways.begin(), ways.end(),
                   [](const Choice& a, const Choice& b) { return a.gain > b.gain; });
  return ways;
}

}  // namespace

AllowedRows::AllowedRows(const std::vector<std::size_t>& levels, const std::vector<Forbidden>& forbidden)
    : escapes_(levels.size()), choices_(levels.size()), all_(forbidden.size() / kBits + 1) {
  for (std::size_t f = 0; f < levels.size(); ++f) escapes_[f].assign(levels[f], Rules(all_.size()));
  for (std::size_t r = 0; r < forbidden.size(); ++r) add_rule(r, forbidden[r]);
  // A factor without values: a constraint that nothing escapes.
  if (std::find(levels.begin(), levels.end(), std::size_t{0}) != levels.end()) insert(all_, forbidden.size());
  find_choices();
}

void AllowedRows::add_rule(std::size_t rule, const Forbidden& forbidden) {
  const auto& where = forbidden.where;
  const bool is_never_met = std::any_of(where.begin(), where.end(),
                                        [&](const auto& named) { return named.first >= escapes_.size(); });
  if (is_never_met) return;
  insert(all_, rule);
  for (const auto& [factor, values] : where) {
    for (std::size_t v = 0; v < escapes_[factor].size(); ++v) {
      if (std::find(values.begin(), values.end(), v) == values.end()) insert(escapes_[factor][v], rule);
    }
  }
}

void AllowedRows::find_choices() {
  for (std::size_t f = 0; f < escapes_.size(); ++f) {
    const auto& of = escapes_[f];
    for (std::size_t v = 0; v < of.size(); ++v) {
      bool is_needed = true;
      for (std::size_t w = 0; w < of.size() && is_needed; ++w) {
        is_needed = w == v || !is_within(of[v], of[w]) || (w > v && of[w] == of[v]);
      }
      if (is_needed) choices_[f].push_back(v);
    }
  }
}

bool AllowedRows::contains(const Row& row) const {
  for (std::size_t w = 0; w < all_.size(); ++w) {
    std::uint64_t left = all_[w];
    for (std::size_t f = 0; f < row.size(); ++f) left &= ~escapes_[f][row[f]][w];
    if (left != 0) return false;
  }
  return true;
}

bool AllowedRows::search(const Rules& left, Row& row) {
  if (is_empty(left)) return true;
  std::vector<Choice> choices;
  std::vector<bool> helps(row.size(), false);
  for (std::size_t f = 0; f < row.size(); ++f) {
    if (row[f] != kOpen) continue;
    for (const auto value : choices_[f]) {
      const auto& escapes = escapes_[f][value];
      const auto gain = count_common(escapes, left);
      if (gain == 0) continue;
      choices.push_back({f, value, &escapes, gain});
      helps[f] = true;
    }
  }
  comparisons_ += choices.size() * count_common(left, left);
  if (!may_suffice(left, choices)) return false;
  auto key = std::make_pair(left, std::move(helps));
  if (dead_ends_.contains(key)) return false;
  for (const auto& choice : ways_out(left, choices)) {
    Rules rest = left;
    subtract(rest, *choice.escapes);
    row[choice.factor] = choice.value;
    if (search(rest, row)) return true;
    row[choice.factor] = kOpen;
  }
  dead_ends_.insert(std::move(key));
  return false;
}

std::optional<Row> AllowedRows::completed(Row row) {
  Rules left = all_;
  for (std::size_t f = 0; f < row.size(); ++f) {
    if (row[f] != kOpen) subtract(left, escapes_[f][row[f]]);
  }
  comparisons_ += row.size() * all_.size();
  if (!search(left, row)) return std::nullopt;
  std::replace(row.begin(), row.end(), kOpen, std::size_t{0});
  return row;
}

bool RowDraft::try_value(std::size_t factor, std::size_t value) {
  row_[factor] = value;
  if (completed_[factor] == value) return true;
  if (auto completed = allowed_.completed(row_)) {
    completed_ = std::move(*completed);
    return true;
  }
  row_[factor] = kOpen;
  return false;
}

}  // namespace executor::plan
