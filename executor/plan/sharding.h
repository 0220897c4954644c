// Dividing cases among machines that know nothing of each other. It must not know the other cases.
#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>

#include "executor/plan/plan.h"
#include "executor/plan/selection.h"

namespace executor::plan {

/// The cases of a scenario go to one shard after the other, beginning with one that follows from what the
/// scenario is: its file, rule, name and row. So the shards differ by little in their number of cases, and
/// other scenarios may come, go or move within the file without a case changing its shard.
class Sharding {
 public:
  explicit Sharding(Shard shard) : shard_(shard) {}

  /// To be called once for each scenario, in the order of the files. Returns the number of the shard, from 0,
  /// that takes the scenario's first case.
  std::uint32_t first_shard_of(const FeatureFile& file, const gherkin::Pickle& pickle);
  /// Whether the case `index`, from 0, of a scenario with that first shard is in ours.
  [[nodiscard]] bool takes(std::uint32_t first, std::size_t index) const {
    return (first + index) % shard_.count == shard_.index - 1;
  }

 private:
  const Shard shard_;
  std::unordered_map<std::uint64_t, std::uint32_t> seen_;  ///< how many scenarios were alike, by hash
};

}  // namespace executor::plan
