// Places whose servers live on after a case, for the next case with the same processes. It must not know what
// a case does.
#include "executor/schedule/reuse.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

#include "executor/schedule/admission.h"

namespace executor::schedule {
namespace {

/// Where the engine does not say how much memory it has.
constexpr std::size_t kMostWithoutMemory = 16;

}  // namespace

void end(Ensemble& ensemble, const std::stop_token& stop) {
  if (!stop.stop_requested()) {
    for (auto& ready : ensemble.servers) ready.server->request_stop();
    for (auto& ready : ensemble.servers) {
      std::string warning;
      std::ignore = ready.server->finish_stop(warning);
    }
  }
  for (auto& ready : ensemble.servers) std::ignore = ready.server->dispose();
  std::ignore = ensemble.site->close();
}

Ensemble Reuse::description(const plan::Case& planned, const Options& options) const {
  const auto& scenario = *planned.scenario;
  Ensemble wanted;
  if (isolation_ == Isolation::feature) wanted.scope = scenario.file->uri;
  wanted.memory = need_of(planned, options).memory;
  wanted.kind = fmt::format("{} {} {} {}", scenario.sharing.network, scenario.sharing.ipc,
                            scenario.sharing.volume, scenario.sharing.volume_size);
  wanted.kind += fmt::format(" {}", scenario.memory.value_or(0));
  for (const auto& [process, platform] : planned.combination())
    wanted.kind += fmt::format(" {}={}", process.text(), platform.text());
  return wanted;
}

std::optional<Ensemble> Reuse::take(const Ensemble& description) {
  const std::lock_guard lock(mutex_);
  const auto found = std::find_if(waiting_.begin(), waiting_.end(), [&description](const Ensemble& one) {
    return one.scope == description.scope && one.kind == description.kind;
  });
  if (found == waiting_.end()) return std::nullopt;
  auto taken = std::move(*found);
  waiting_.erase(found);
  return taken;
}

std::vector<Ensemble> Reuse::give(Ensemble ensemble) {
  const std::lock_guard lock(mutex_);
  std::vector<Ensemble> gone;
  const auto past = std::stable_partition(waiting_.begin(), waiting_.end(), [&ensemble](const Ensemble& one) {
    return one.scope == ensemble.scope;
  });
  std::move(past, waiting_.end(), std::back_inserter(gone));
  waiting_.erase(past, waiting_.end());
  waiting_.push_back(std::move(ensemble));
  const auto is_too_much = [this] {
    std::int64_t sum = 0;
    for (const auto& one : waiting_) sum += one.memory;
    return memory_ > 0 ? sum > memory_ : waiting_.size() > kMostWithoutMemory;
  };
  while (is_too_much()) {
    gone.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
  }
  return gone;
}

void Reuse::bound_memory(std::int64_t most) {
  const std::lock_guard lock(mutex_);
  memory_ = most;
}

std::vector<Ensemble> Reuse::take_all() {
  const std::lock_guard lock(mutex_);
  std::vector<Ensemble> all(std::move_iterator(waiting_.begin()), std::move_iterator(waiting_.end()));
  waiting_.clear();
  return all;
}

}  // namespace executor::schedule
