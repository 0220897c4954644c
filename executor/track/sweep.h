// Removing what runs whose cexec is dead left in the engine. It must not touch what it does not know to be
// left.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "docker/client.h"
#include "executor/track/liveness.h"
#include "executor/track/objects.h"
#include "executor/track/removal.h"

namespace executor::track {

/// One run as the engine and this machine show it.
struct RunOnEngine {
  model::RunId run;
  std::string owner;
  Liveness liveness = Liveness::unknown;
  std::vector<Object> objects;  ///< containers first

  [[nodiscard]] std::size_t count(ObjectKind kind) const;
  /// Of its oldest object, seconds since 1970; 0 if that is not known.
  [[nodiscard]] std::int64_t since() const;
};

/// All runs of which the engine holds something, the oldest first. Where one run's objects name several
/// owners, each makes an entry of its own.
docker::Result<std::vector<RunOnEngine>> list_runs(const docker::Client& client, const LivenessCheck& check,
                                                   const docker::Call& call);

/// Removes everything of runs whose owner is dead. Blocks for the engine's answers.
docker::Result<Removed> sweep(const docker::Client& client, const LivenessCheck& check,
                              const docker::Call& call);

}  // namespace executor::track
