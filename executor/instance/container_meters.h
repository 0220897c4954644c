// How it is learned what a container uses: from its cgroup's files, where the engine runs on this machine and
// they can be read, or else by asking the engine. It must not know what runs in it.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "docker/client.h"
#include "executor/instance/sampler.h"
#include "executor/instance/usage.h"

namespace executor::instance {

/// Of all containers of a run. Thread-safe.
class ContainerMeters {
 public:
  /// What is known of an engine that is asked.
  struct Manners {
    std::atomic<int> refusals{0};                                 ///< in a row
    std::atomic<base::TimePoint> rests_until{base::TimePoint()};  ///< after it took long
  };

  /// `client` must outlive it.
  explicit ContainerMeters(const docker::Client& client, milliseconds engine_period = kEnginePeriod);

  /// The container runs; it is looked at for as long as somebody holds the meter. Asks the engine where the
  /// first one's process is, and nothing about any after it.
  std::shared_ptr<Meter> watch(const std::string& container, const docker::Call& call);

 private:
  std::optional<Counters> counters_of(const std::string& container, const docker::Call& call);

  const docker::Client& client_;
  const std::shared_ptr<Manners> manners_;
  std::mutex mutex_;  // guards the next three
  bool is_out_of_sight_ = false;
  std::optional<Counters> known_;
  std::string known_container_;
  Sampler file_sampler_{kFilePeriod};
  Sampler engine_sampler_;
};

}  // namespace executor::instance
