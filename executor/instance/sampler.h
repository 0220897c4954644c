// Asks the engine now and then what the running containers use. It must not know whose they are, nor hold up
// anybody who runs one.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/deadline.h"
#include "docker/client.h"
#include "executor/model/instance_life.h"

namespace executor::instance {

using std::chrono::milliseconds;

/// How often each container is asked about.
inline constexpr milliseconds kSamplePeriod{1000};

/// What was seen of one container. Thread-safe.
class Meter {
 public:
  void add(base::TimePoint at, const model::Usage& usage);

  [[nodiscard]] model::Usage peak() const;
  /// At most some hundred: of a long life every second one is let go, again and again.
  [[nodiscard]] std::vector<std::pair<base::TimePoint, model::Usage>> samples() const;

 private:
  mutable std::mutex mutex_;
  model::Usage peak_;
  std::vector<std::pair<base::TimePoint, model::Usage>> samples_;
  std::size_t stride_ = 1;  ///< of what comes, one in so many is kept
  std::size_t seen_ = 0;
};

/// One thread asks about all containers, one request at a time. Where a round of requests takes more than a
/// tenth of the period, the next one comes so much later that the engine spends a tenth of its time on it at
/// most; an engine that refuses is asked no more. A container that lives less than a period may be missed.
class Sampler {
 public:
  /// `client` must outlive it.
  Sampler(const docker::Client& client, milliseconds period);
  /// Waits for a request that is under way, two seconds at most.
  ~Sampler();
  Sampler(const Sampler&) = delete;
  Sampler& operator=(const Sampler&) = delete;

  /// The container is asked about for as long as somebody holds the meter. Does not block.
  std::shared_ptr<Meter> watch(const std::string& container);

 private:
  void work(const std::stop_token& stop);
  /// False: the engine does not do it.
  bool sample_all(const std::stop_token& stop);

  const docker::Client& client_;
  const milliseconds period_;
  std::mutex mutex_;
  std::vector<std::pair<std::string, std::weak_ptr<Meter>>> watched_;
  std::jthread thread_;  // last: it uses the others
};

}  // namespace executor::instance
