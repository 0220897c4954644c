// What a run is to keep to, whatever the cases are.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <future>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/deadline.h"
#include "executor/config/config.h"
#include "executor/model/event.h"

namespace executor::schedule {

using std::chrono::milliseconds;

/// Limits of the command line, in the place of those of cexec.yaml and of tags.
struct LimitOverrides {
  bool none = false;  ///< no limits at all
  std::optional<std::int64_t> memory;
  std::optional<std::int64_t> nano_cpus;
  std::optional<std::int64_t> pids;

  /// The limits of one instance; `tag_memory` is what the scenario asks for.
  [[nodiscard]] config::Limits apply(config::Limits limits, std::optional<std::int64_t> tag_memory) const;
};

/// What is promised to the instances of a run together. 0 means that it is not known.
struct Capacity {
  std::int64_t memory = 0;     ///< bytes
  std::int64_t nano_cpus = 0;  ///< 1e9 is one CPU
};

/// One that is known already.
std::shared_future<Capacity> known(const Capacity& capacity);

/// How long an instance may be used, where its server can be reset.
enum class Isolation { each_case, feature, run };

/// A case that did not pass, while its servers still live.
struct FailedCase {
  struct Live {
    model::ProcessName process;
    model::PlatformName platform;
    std::string container;  ///< its id; empty for a host process
  };
  const model::CaseReport& report;  ///< as far as it goes
  std::vector<Live> live;
  std::stop_token stop;
};

/// Trying again what did not pass.
struct Retries {
  std::size_t count = 0;     ///< attempts beyond the first
  milliseconds pause{1000};  ///< before the first retry; each further one waits twice as long
  milliseconds longest_pause{30'000};
};

struct Options {
  Isolation isolation = Isolation::each_case;
  std::size_t workers = 1;          ///< cases that execute at a time
  std::size_t provision_ahead = 0;  ///< coming cases that are got ready before their turn
  /// Indexes of the plan's cases in the order in which they begin; empty: as they stand.
  std::vector<std::size_t> order;
  /// Until it is there, one case at a time is under way. Without a state: nothing is counted.
  std::shared_future<Capacity> capacity;
  milliseconds step_timeout{30'000};
  milliseconds start_timeout{30'000};
  std::optional<milliseconds> case_timeout;  ///< nothing: no limit but the steps'
  LimitOverrides limits;
  std::size_t max_fail = 0;         ///< red cases after which the rest is cancelled; 0: never
  std::filesystem::path artifacts;  ///< folder of the run's artifacts; empty: none are kept
  std::string rerun;                ///< what a command line that runs one case begins with
  std::string
      replay;  ///< what one begins with that replays a bundle; if set, `rerun` of a red case is such a one
  bool bundles = false;  ///< red cases leave a bundle among the artifacts
  Retries retries;
  /// Is called between a red case's last step and the end of its servers, and keeps them while it blocks.
  std::function<void(const FailedCase&)> on_failure;
  base::TimePoint begin = base::Clock::now();  ///< of the run: time 0 of what is told about it
};

}  // namespace executor::schedule
