// How much of the engine's memory and processor time the cases under way may be promised. It must not know
// what a case does with it.
#pragma once

#include <cstddef>
#include <optional>

#include "executor/plan/plan.h"
#include "executor/schedule/options.h"

namespace executor::schedule {

/// What all instances of a case, and what they share, may take together by their limits. One without a limit
/// of memory counts as the built-in limit.
Capacity need_of(const plan::Case& planned, const Options& options);

/// Keeps count of what is promised. Memory is never promised twice, as running out of it kills; limits on CPU
/// time may add up to some times of what there is, as sharing it only takes longer. Not thread-safe.
class Admission {
 public:
  /// What there is; what of it is 0 is not counted.
  void know(const Capacity& capacity);

  /// Whether a case with that need may begin beside those under way. One alone always may, and no second one
  /// before it is known what there is.
  [[nodiscard]] bool fits(const Capacity& need) const;
  void enter(const Capacity& need);
  void leave(const Capacity& need);

 private:
  std::optional<Capacity> capacity_;  ///< what may be promised
  Capacity promised_;
  std::size_t inside_ = 0;
};

}  // namespace executor::schedule
