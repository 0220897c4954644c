// Removing what runs whose cexec is dead left in the engine. It must not touch what it does not know to be
// left.
#include "executor/track/sweep.h"

#include <algorithm>
#include <iterator>
#include <map>

namespace executor::track {

std::size_t RunOnEngine::count(ObjectKind kind) const {
  return static_cast<std::size_t>(std::count_if(objects.begin(), objects.end(),
                                                [kind](const auto& object) { return object.kind == kind; }));
}

std::int64_t RunOnEngine::since() const {
  std::int64_t oldest = 0;
  for (const auto& object : objects) {
    if (object.created > 0 && (oldest == 0 || object.created < oldest)) oldest = object.created;
  }
  return oldest;
}

docker::Result<std::vector<RunOnEngine>> list_runs(const docker::Client& client, const LivenessCheck& check,
                                                   const docker::Call& call) {
  auto objects = list_objects(client, std::nullopt, call);
  if (!objects) return tl::unexpected(objects.error());
  std::map<std::pair<model::RunId, std::string>, RunOnEngine> by_owner;
  for (auto& object : *objects) {
    auto& entry = by_owner[{object.run, object.owner}];
    if (entry.objects.empty()) {
      entry.run = object.run;
      entry.owner = object.owner;
      entry.liveness = check.of(object.owner, object.machine);
    }
    entry.objects.push_back(std::move(object));
  }
  std::vector<RunOnEngine> runs;
  for (auto& [key, entry] : by_owner) runs.push_back(std::move(entry));
  std::stable_sort(runs.begin(), runs.end(),
                   [](const auto& a, const auto& b) { return a.since() < b.since(); });
  return runs;
}

docker::Result<Removed> sweep(const docker::Client& client, const LivenessCheck& check,
                              const docker::Call& call) {
  const auto runs = list_runs(client, check, call);
  if (!runs) return tl::unexpected(runs.error());
  Removed all;
  for (const auto& run : *runs) {
    if (run.liveness != Liveness::dead) continue;
    auto removed = remove_objects(client, run.objects, call);
    std::move(removed.names.begin(), removed.names.end(), std::back_inserter(all.names));
    std::move(removed.failures.begin(), removed.failures.end(), std::back_inserter(all.failures));
  }
  return all;
}

}  // namespace executor::track
