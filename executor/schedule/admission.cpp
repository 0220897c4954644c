// How much of the engine's memory and processor time the cases under way may be promised. It must not know
// what a case does with it.
#include "executor/schedule/admission.h"

namespace executor::schedule {
namespace {

/// The engine, its runtime and the rest of the machine live on it, too.
constexpr std::int64_t kPercentOfMemory = 85;
/// A CPU limit is a ceiling that a server rarely touches.
constexpr std::int64_t kPromisesPerCpu = 8;

}  // namespace

Capacity need_of(const plan::Case& planned, const Options& options) {
  Capacity need;
  for (const auto* platform : planned.platforms) {
    const auto limits = options.limits.apply(platform->limits, planned.scenario->memory);
    need.memory += limits.memory > 0 ? limits.memory : config::Limits().memory;
    need.nano_cpus += limits.nano_cpus;
  }
  // Pages of a tmpfs are charged to whoever writes them first, but outlive that one.
  const auto& sharing = planned.scenario->sharing;
  if (!sharing.volume.empty()) need.memory += sharing.volume_size;
  return need;
}

std::shared_future<Capacity> known(const Capacity& capacity) {
  std::promise<Capacity> promise;
  promise.set_value(capacity);
  return promise.get_future().share();
}

void Admission::know(const Capacity& capacity) {
  capacity_ = {capacity.memory / 100 * kPercentOfMemory, capacity.nano_cpus * kPromisesPerCpu};
}

bool Admission::fits(const Capacity& need) const {
  if (inside_ == 0) return true;
  if (!capacity_) return false;
  const bool has_memory = capacity_->memory == 0 || promised_.memory + need.memory <= capacity_->memory;
  const bool has_cpus =
      capacity_->nano_cpus == 0 || promised_.nano_cpus + need.nano_cpus <= capacity_->nano_cpus;
  return has_memory && has_cpus;
}

void Admission::enter(const Capacity& need) {
  promised_.memory += need.memory;
  promised_.nano_cpus += need.nano_cpus;
  ++inside_;
}

void Admission::leave(const Capacity& need) {
  promised_.memory -= need.memory;
  promised_.nano_cpus -= need.nano_cpus;
  --inside_;
}

}  // namespace executor::schedule
