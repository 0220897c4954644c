// In which order the cases of a plan begin where several execute at a time. Pure.
#include "executor/schedule/order.h"

#include <algorithm>
#include <numeric>

namespace executor::schedule {

std::vector<std::size_t> longest_first(const KnownDurations& durations) {
  const auto length = [&durations](std::size_t index) {
    return durations[index].value_or(std::chrono::milliseconds::max());
  };
  std::vector<std::size_t> order(durations.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&length](std::size_t a, std::size_t b) { return length(a) > length(b); });
  return order;
}

}  // namespace executor::schedule
