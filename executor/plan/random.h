// Numbers that look random and are the same everywhere, which std::shuffle and the distributions of <random>
// do not promise. It must not know what they are for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace executor::plan {

/// SplitMix64: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
class Random {
 public:
  /// Less than `end`, which is not 0. Remainders favour small numbers, by less than `end` / 2^64.
  std::size_t below(std::size_t end) {
    state_ += 0x9e3779b97f4a7c15U;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
    return static_cast<std::size_t>((z ^ (z >> 31U)) % end);
  }

  void shuffle(std::vector<std::size_t>& list) {
    for (std::size_t i = list.size(); i > 1; --i) std::swap(list[i - 1], list[below(i)]);
  }

 private:
  std::uint64_t state_ = 0;
};

}  // namespace executor::plan
