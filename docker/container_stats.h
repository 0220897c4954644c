// GET /containers/{id}/stats, one sample: what a container uses now.
#pragma once

#include <cstdint>
#include <string>

#include "docker/client.h"

namespace docker {

/// One sample. Bytes, nanoseconds and counts since the container's start; 0 where the engine does not say.
struct ContainerStats {
  std::int64_t memory_usage = 0;  ///< without the page cache that can be dropped (as `docker stats` shows it)
  std::int64_t memory_charged = 0;  ///< what counts against the limit, with all page cache
  std::int64_t memory_peak = 0;     ///< the highest of that; 0 with cgroup version 2
  std::int64_t memory_limit = 0;
  std::int64_t cpu_nanoseconds = 0;
  std::int64_t throttled_nanoseconds = 0;
  std::int64_t pids = 0;
  std::int64_t read_bytes = 0;   ///< from block devices
  std::int64_t write_bytes = 0;  ///< to block devices
};

/// Does not wait for a second sample (one-shot). Refused with 404; zeros for a container that does not run.
Result<ContainerStats> container_stats(const Client& client, const std::string& id, const Call& call);

}  // namespace docker
