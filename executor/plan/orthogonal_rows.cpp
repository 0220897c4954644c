// Rows in which every pair of values occurs with as little repetition as algebra allows: where to start from.
// It must not know of constraints.
#include "executor/plan/orthogonal_rows.h"

#include <algorithm>
#include <numeric>

namespace executor::plan {
namespace {

/// Addition and multiplication of the numbers below `size`. That of a field if the size is a prime power;
/// then a number's digits to the base of the prime are the coefficients of a polynomial.
class Arithmetic {
 public:
  explicit Arithmetic(std::size_t size) : size_(size), prime_(size) {
    for (std::size_t p = 2; p * p <= size && prime_ == size; ++p) {
      if (size % p == 0) prime_ = p;
    }
    std::size_t rest = size;
    while (rest % prime_ == 0) rest /= prime_;
    if (rest != 1) return;
    for (std::size_t modulus = 0; modulus < size && !is_field_; ++modulus) is_field_ = find_powers(modulus);
  }

  [[nodiscard]] bool is_field() const { return is_field_; }

  /// How many factors have no pair of values twice if the i-th one has the value i × a + b.
  [[nodiscard]] std::size_t slopes() const { return is_field_ ? size_ : 2; }

  [[nodiscard]] std::size_t sum(std::size_t a, std::size_t b) const {
    if (!is_field_) return (a + b) % size_;
    std::size_t sum = 0;
    for (std::size_t unit = 1; unit < size_; unit *= prime_) {
      sum += (a / unit + b / unit) % prime_ * unit;
    }
    return sum;
  }

  /// Outside of a field `a` must be 0 or 1.
  [[nodiscard]] std::size_t product(std::size_t a, std::size_t b) const {
    if (a == 0 || b == 0) return 0;
    if (a == 1) return b;
    return powers_[(logarithms_[a] + logarithms_[b]) % (size_ - 1)];
  }

 private:
  /// The polynomial `a` times x, modulo x^n + `modulus`.
  [[nodiscard]] std::size_t times_x(std::size_t a, std::size_t modulus) const {
    const std::size_t top = size_ / prime_;
    const std::size_t carry = a / top;
    const std::size_t shifted = a % top * prime_;
    std::size_t product = 0;
    for (std::size_t unit = 1; unit < size_; unit *= prime_) {
      product += (shifted / unit + (prime_ - carry) * (modulus / unit)) % prime_ * unit;
    }
    return product;
  }

  /// Whether the powers of x are all there is but 0: then the modulus is primitive, and this is a field.
  bool find_powers(std::size_t modulus) {
    powers_.clear();
    logarithms_.assign(size_, 0);
    std::size_t power = 1;
    do {
      logarithms_[power] = powers_.size();
      powers_.push_back(power);
      power = times_x(power, modulus);
    } while (power > 1 && powers_.size() < size_);
    return power == 1 && powers_.size() == size_ - 1;
  }

  std::size_t size_;
  std::size_t prime_;
  bool is_field_ = false;
  std::vector<std::size_t> powers_;
  std::vector<std::size_t> logarithms_;
};

/// Two lines a ↦ i × a + b of different slopes i meet once, and each meets the vertical of every a once. So
/// the points on them are an orthogonal array: Bush, Annals of Mathematical Statistics 23 (1952) 426.
std::vector<Row> lines(const std::vector<std::size_t>& levels, const std::vector<std::size_t>& order,
                       const Arithmetic& arithmetic, std::size_t width) {
  const std::size_t verticals = std::max(levels[order[0]], width);
  const auto set = [&](Row& row, std::size_t factor, std::size_t value) {
    if (value < levels[factor]) row[factor] = value;
  };
  std::vector<Row> rows;
  for (std::size_t vertical = 0; vertical < verticals; ++vertical) {
    for (std::size_t b = 0; b < width; ++b) {
      Row row(levels.size(), kOpen);
      set(row, order[0], vertical);
      // The last vertical is a = 0, where all lines are at b: with levels below the width such rows say
      // nothing.
      const std::size_t a = (verticals - 1 - vertical) % width;
      for (std::size_t i = 0; i < arithmetic.slopes() && i + 1 < order.size(); ++i) {
        set(row, order[i + 1], arithmetic.sum(arithmetic.product(i, a), b));
      }
      rows.push_back(std::move(row));
    }
  }
  return rows;
}

}  // namespace

std::vector<std::vector<Row>> orthogonal_rows(const std::vector<std::size_t>& levels) {
  std::vector<std::size_t> order(levels.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return levels[a] > levels[b]; });
  std::vector<std::vector<Row>> lists;
  for (std::size_t width = std::max<std::size_t>(levels[order[1]], 2);; ++width) {
    const Arithmetic arithmetic(width);
    const bool is_whole = arithmetic.slopes() + 1 >= levels.size();
    if (arithmetic.is_field() || is_whole) lists.push_back(lines(levels, order, arithmetic, width));
    if (is_whole) return lists;
  }
}

}  // namespace executor::plan
