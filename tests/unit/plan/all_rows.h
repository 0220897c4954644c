// All rows of a few factors, and arbitrary small constraints on them, for tests.
#pragma once

#include <rapidcheck.h>

#include <algorithm>
#include <cstddef>
#include <set>
#include <tuple>
#include <vector>

#include "executor/plan/allowed_rows.h"

namespace tests {

using executor::plan::Forbidden;
using executor::plan::kOpen;
using executor::plan::Row;

using PairOfValues = std::tuple<std::size_t, std::size_t, std::size_t, std::size_t>;

/// Written down from what the declaration of Forbidden says, not from how AllowedRows goes about it.
inline bool is_forbidden(const Row& row, const std::vector<Forbidden>& forbidden) {
  for (const auto& each : forbidden) {
    bool is_met = true;
    for (const auto& [factor, values] : each.where) {
      bool has_one = false;
      for (const auto value : values) has_one = has_one || (factor < row.size() && row[factor] == value);
      is_met = is_met && has_one;
    }
    if (is_met) return true;
  }
  return false;
}

/// In lexicographic order.
inline std::vector<Row> all_allowed(const std::vector<std::size_t>& levels,
                                    const std::vector<Forbidden>& forbidden) {
  std::vector<Row> rows{{}};
  for (const auto count : levels) {
    std::vector<Row> longer;
    for (const auto& row : rows) {
      for (std::size_t value = 0; value < count; ++value) {
        longer.push_back(row);
        longer.back().push_back(value);
      }
    }
    rows = std::move(longer);
  }
  std::erase_if(rows, [&](const Row& row) { return is_forbidden(row, forbidden); });
  return rows;
}

inline std::set<PairOfValues> pairs_of(const std::vector<Row>& rows) {
  std::set<PairOfValues> pairs;
  for (const auto& row : rows) {
    for (std::size_t f = 0; f < row.size(); ++f) {
      for (std::size_t g = f + 1; g < row.size(); ++g) pairs.emplace(f, row[f], g, row[g]);
    }
  }
  return pairs;
}

/// Mostly three to five factors of two to four values.
inline std::vector<std::size_t> any_levels() {
  std::vector<std::size_t> levels(
      *rc::gen::weightedElement<std::size_t>({{1, 0}, {2, 1}, {4, 2}, {12, 3}, {12, 4}, {8, 5}}));
  for (auto& count : levels) {
    count = *rc::gen::weightedElement<std::size_t>({{1, 0}, {8, 1}, {40, 2}, {40, 3}, {20, 4}});
  }
  return levels;
}

/// Up to eight, mostly of two or three factors; some name a factor twice, or what does not exist.
inline std::vector<Forbidden> any_forbidden(const std::vector<std::size_t>& levels) {
  std::vector<Forbidden> forbidden(*rc::gen::elementOf(std::vector<std::size_t>{0, 1, 2, 3, 4, 5, 6, 7, 8}));
  for (auto& each : forbidden) {
    each.where.resize(*rc::gen::weightedElement<std::size_t>({{1, 0}, {20, 1}, {100, 2}, {80, 3}, {40, 4}}));
    for (auto& [factor, values] : each.where) {
      const auto beyond = *rc::gen::weightedElement<std::size_t>({{1, 2}, {50, 0}});
      factor = *rc::gen::inRange<std::size_t>(0, std::max<std::size_t>(levels.size() + beyond, 1));
      for (std::size_t value = 0; value < 5; ++value) {
        if (*rc::gen::weightedElement<bool>({{2, true}, {3, false}})) values.push_back(value);
      }
    }
  }
  return forbidden;
}

/// For each two factors and each value: not both the same.
inline std::vector<Forbidden> all_different(std::size_t factors, std::size_t values) {
  std::vector<Forbidden> forbidden;
  for (std::size_t f = 0; f < factors; ++f) {
    for (std::size_t g = f + 1; g < factors; ++g) {
      for (std::size_t value = 0; value < values; ++value) {
        forbidden.push_back({{{f, {value}}, {g, {value}}}});
      }
    }
  }
  return forbidden;
}

}  // namespace tests
