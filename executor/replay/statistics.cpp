// How often a case fails, out of some runs of it. Pure.
#include "executor/replay/statistics.h"

#include <algorithm>
#include <cmath>

namespace executor::replay {
namespace {

constexpr double kZ = 1.959963984540054;  // of the normal distribution, for 95 % in the middle
constexpr double kTail = 0.025;

}  // namespace

Share share_of(std::size_t failures, std::size_t runs) {
  const auto n = static_cast<double>(runs);
  const double p = static_cast<double>(failures) / n;
  const double z2 = kZ * kZ;
  const double middle = (p + z2 / (2 * n)) / (1 + z2 / n);
  const double half = kZ * std::sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n);
  return {p, std::max(0.0, middle - half), std::min(1.0, middle + half)};
}

Share share_until_first(std::size_t runs) {
  const auto n = static_cast<double>(runs);
  // P(first failure at run n or before) = 1 - (1-p)^n, and P(at n or later) = (1-p)^(n-1).
  const double low = 1 - std::pow(1 - kTail, 1 / n);
  const double high = runs == 1 ? 1.0 : 1 - std::pow(kTail, 1 / (n - 1));
  return {1 / n, low, high};
}

}  // namespace executor::replay
