// What a run is to keep to, whatever the cases are.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "executor/config/config.h"

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

struct Options {
  milliseconds step_timeout{30'000};
  milliseconds start_timeout{30'000};
  std::optional<milliseconds> case_timeout;  ///< nothing: no limit but the steps'
  LimitOverrides limits;
  std::size_t max_fail = 0;         ///< red cases after which the rest is cancelled; 0: never
  std::filesystem::path artifacts;  ///< folder of the run's artifacts; empty: none are kept
  std::string rerun;                ///< what a command line that runs one case begins with
};

}  // namespace executor::schedule
