// The one owner of what a run makes in the engine: gives it its name and labels, takes it away again, and can
// say what is left. It must not know what any of it is for.
#pragma once

#include <atomic>
#include <cstddef>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "docker/client.h"
#include "docker/container_create.h"
#include "docker/volumes.h"
#include "executor/model/ids.h"
#include "executor/track/engine_health.h"
#include "executor/track/labels.h"
#include "executor/track/objects.h"

namespace executor::track {

using model::CaseId;
using model::ProcessName;
using model::RunId;

/// Whose something is.
struct Belonging {
  CaseId case_id;
  ProcessName process;  ///< empty for what a case shares
};

/// Thread-safe. Everything made through it bears the run's label from the request that makes it, so that the
/// engine's list by label is the record, whatever becomes of this process.
class Tracker {
 public:
  /// `mark` stands in the names that it gives: a second tracker of the same run needs one, as the same name
  /// would be the same container.
  Tracker(const docker::Client& client, RunId run, Owner owner, std::string mark = {})
      : client_(client),
        run_(std::move(run)),
        owner_(std::move(owner)),
        mark_(std::move(mark)),
        health_(client) {}

  [[nodiscard]] const docker::Client& client() const { return client_; }
  [[nodiscard]] const RunId& run() const { return run_; }
  [[nodiscard]] EngineHealth& health() { return health_; }

  /// Creates a container under a name of ours (`spec.name` and its labels are set here). A conflict with a
  /// container that is ours is this very request, sent twice: success. After a failure that leaves it unknown
  /// whether the container exists, it is removed by its name.
  docker::Result<docker::CreatedContainer> create_container(docker::ContainerSpec spec,
                                                            const Belonging& belonging,
                                                            const docker::Call& call);
  /// An internal network; returns its name.
  docker::Result<std::string> create_network(const Belonging& belonging, const docker::Call& call);
  /// A tmpfs of that size; returns its name.
  docker::Result<std::string> create_volume(std::int64_t size_bytes, const Belonging& belonging,
                                            const docker::Call& call);

  /// Removing takes up to a minute and does not care for any cancellation; where the engine does not answer
  /// it is given up sooner, and tried again by remove_left(). What is gone already is success.
  docker::Result<void> remove_container(const std::string& id);
  docker::Result<void> remove_network(const std::string& name);
  docker::Result<void> remove_volume(const std::string& name);

  /// Tries again what could not be removed so far; for when the engine answers again. What fails stays noted.
  void remove_left();

  /// At the end of a case, when all that was made for it has been removed: asks the engine what it shows of
  /// it, and tries to remove that once more. `with_shared`: the case had networks or volumes, too. A sentence
  /// for each object that is left; also where the engine does not say.
  std::vector<std::string> check_case(const CaseId& case_id, bool with_shared);

  /// All containers, networks and volumes of the run that the engine shows. Blocks up to a minute.
  [[nodiscard]] docker::Result<std::vector<Object>> list() const;

  /// Removes everything of the run that the engine shows, again until it shows nothing or `deadline` passes;
  /// also waits for creations whose fate is unknown to show up. Returns what is left. Never cancelled.
  docker::Result<std::vector<Object>> remove_all(const base::Deadline& deadline);

 private:
  /// What was asked for and is not known to be gone.
  struct Made {
    Object object;
    bool to_be_removed = false;
  };

  /// Noted before the request is sent: what is not here cannot be forgotten.
  [[nodiscard]] std::string note_new(const Belonging& belonging, ObjectKind kind);
  void note_id(const std::string& name, const std::string& id);
  /// Of a creation that failed: what may exist all the same is removed.
  void give_up(const std::string& name, const docker::Error& error);
  docker::Result<void> remove(const std::string& key);
  docker::Result<void> remove_patiently(const Object& object);
  [[nodiscard]] docker::Labels labels(const std::string& name, const Belonging& belonging) const;
  [[nodiscard]] docker::Result<docker::CreatedContainer> adopt(const docker::Error& conflict,
                                                               const std::string& name,
                                                               const docker::Call& call) const;

  const docker::Client& client_;
  const RunId run_;
  const Owner owner_;
  const std::string mark_;
  const std::string machine_ = machine_id();
  EngineHealth health_;
  std::atomic<unsigned> counter_{0};
  std::atomic<bool> unknown_{false};          ///< some creation may still land
  std::mutex mutex_;                          // guards the next two
  std::map<std::string, Made> made_;          ///< by name
  std::map<std::string, std::string> names_;  ///< of containers, by id
};

}  // namespace executor::track
