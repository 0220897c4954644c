// How often a case fails, out of some runs of it. Pure.
#pragma once

#include <cstddef>

namespace executor::replay {

/// A share, and the interval in which the true one lies with 95 % confidence.
struct Share {
  double value = 0;
  double low = 0;
  double high = 1;
};

/// Of a fixed number of runs (above 0): Wilson's score interval.
Share share_of(std::size_t failures, std::size_t runs);

/// Of runs that ended with the first failure, which was run number `runs`: the exact interval of the
/// geometric distribution. Wilson's would be wrong: that the last run failed was no chance.
Share share_until_first(std::size_t runs);

}  // namespace executor::replay
