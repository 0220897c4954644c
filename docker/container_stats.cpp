// GET /containers/{id}/stats, one sample: what a container uses now.
#include "docker/container_stats.h"

#include <algorithm>

namespace docker {
namespace {

namespace json = base::json;

// [{"major":8,"minor":0,"op":"Read","value":4096},…]; cgroup v2 writes the operations in lower case.
void add_blkio(const json::Value* entries, ContainerStats& stats) {
  if (entries == nullptr || !entries->IsArray()) return;
  for (const auto& entry : entries->GetArray()) {
    const auto op = json::string_or(json::find(&entry, "op"));
    const auto value = json::int_or(json::find(&entry, "value"));
    if (op == "Read" || op == "read") stats.read_bytes += value;
    if (op == "Write" || op == "write") stats.write_bytes += value;
  }
}

}  // namespace

Result<ContainerStats> container_stats(const Client& client, const std::string& id, const Call& call) {
  auto target = Target("/containers/", id, "/stats").add("stream", "0").add("one-shot", "1");
  const auto document = client.send_for_json({Method::get, target.text(), {}, {}, {}}, call);
  if (!document) return tl::unexpected(document.error());
  const json::Value* root = &*document;
  const auto* memory = json::find(root, "memory_stats");
  // docker/cli, calculateMemUsageUnixNoCache: cgroup v1 calls it total_inactive_file, v2 inactive_file.
  const auto cache = std::max(json::int_or(json::find(memory, "stats", "total_inactive_file")),
                              json::int_or(json::find(memory, "stats", "inactive_file")));
  ContainerStats stats;
  const auto usage = json::int_or(json::find(memory, "usage"));
  stats.memory_charged = usage;
  stats.memory_peak = json::int_or(json::find(memory, "max_usage"));
  stats.memory_usage = cache < usage ? usage - cache : usage;
  stats.memory_limit = json::int_or(json::find(memory, "limit"));
  stats.cpu_nanoseconds = json::int_or(json::find(root, "cpu_stats", "cpu_usage", "total_usage"));
  stats.throttled_nanoseconds =
      json::int_or(json::find(root, "cpu_stats", "throttling_data", "throttled_time"));
  stats.pids = json::int_or(json::find(root, "pids_stats", "current"));
  add_blkio(json::find(root, "blkio_stats", "io_service_bytes_recursive"), stats);
  return stats;
}

}  // namespace docker
