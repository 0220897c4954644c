// What a platform's entry in cexec.yaml means to the engine. It must not talk to it.
#include "executor/instance/container_spec.h"

#include <fmt/format.h>

#include "base/json.h"

namespace executor::instance {
namespace {

std::string lower(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return text;
}

/// {"writer":"writer","reader":"reader"}: on the case's network a process is found by its name.
std::string peers_text(const std::vector<model::ProcessName>& peers) {
  base::json::Writer out;
  out.begin_object();
  for (const auto& peer : peers) out.member(peer.text(), lower(peer.text()));
  out.end_object();
  return out.take();
}

std::vector<std::string> environment(const config::Platform& platform, const Surroundings& around) {
  auto variables = platform.environment;
  variables["CEXEC_PROCESS"] = around.process.text();
  variables["CEXEC_PLATFORM"] = platform.name.text();
  variables["CEXEC_RUN_ID"] = around.run.text();
  variables["CEXEC_FRAMING"] = platform.framing == config::Framing::ndjson ? "ndjson" : "content-length";
  if (!around.volume.empty()) variables["CEXEC_EXCHANGE"] = around.volume_path;
  if (!around.network.empty()) variables["CEXEC_PEERS"] = peers_text(around.peers);
  std::vector<std::string> list;
  list.reserve(variables.size());
  for (const auto& [name, value] : variables) list.push_back(fmt::format("{}={}", name, value));
  return list;
}

std::vector<docker::DeviceRate> rates(const std::vector<config::DeviceRate>& from) {
  std::vector<docker::DeviceRate> list;
  list.reserve(from.size());
  for (const auto& rate : from) list.push_back({rate.path, rate.rate});
  return list;
}

docker::BlkioLimits blkio(const config::Blkio& from) {
  return {from.weight,           rates(from.weight_device), rates(from.read_bps),
          rates(from.write_bps), rates(from.read_iops),     rates(from.write_iops)};
}

docker::HostSettings host_settings(const config::Platform& platform, const Surroundings& around) {
  docker::HostSettings host;
  host.memory = around.limits.memory;
  host.nano_cpus = around.limits.nano_cpus;
  host.pids_limit = around.limits.pids;
  host.shm_size = platform.shm_size;
  host.read_only_root = platform.read_only;
  host.privileged = platform.privileged;
  host.init = platform.init;
  host.cap_add = platform.cap_add;
  host.cap_drop = platform.cap_drop;
  host.security_opt = platform.security_opt;
  host.binds = platform.volumes;
  host.devices = platform.devices;
  host.tmpfs = platform.tmpfs;
  for (const auto& limit : platform.ulimits) host.ulimits.push_back({limit.name, limit.soft, limit.hard});
  host.blkio = blkio(platform.blkio);
  host.network_mode = around.network.empty() ? "none" : around.network;
  if (!platform.network_mode.empty()) host.network_mode = platform.network_mode;
  host.ipc_mode = around.ipc_holder.empty() ? (around.may_be_joined ? "shareable" : "private")
                                            : "container:" + around.ipc_holder;
  if (!platform.ipc.empty()) host.ipc_mode = platform.ipc;
  host.cgroupns_mode = "private";
  host.pid_mode = platform.pid;
  host.runtime = platform.runtime;
  host.log_driver = "none";  // its output goes to us; a copy on the engine's disk would only cost
  if (!around.volume.empty()) host.volumes.push_back({around.volume, around.volume_path, false});
  return host;
}

}  // namespace

docker::ContainerSpec container_spec(const config::Platform& platform, const Surroundings& around) {
  docker::ContainerSpec spec;
  spec.image = around.image_id;
  spec.entrypoint = platform.entrypoint;
  spec.command = platform.command;
  spec.environment = environment(platform, around);
  spec.user = platform.user;
  spec.working_dir = platform.working_dir;
  spec.open_stdin = true;
  spec.no_healthcheck = true;
  spec.host = host_settings(platform, around);
  const bool on_case_network = !around.network.empty() && spec.host.network_mode == around.network;
  if (on_case_network) spec.network_aliases = {lower(around.process.text())};
  if (on_case_network) spec.hostname = lower(around.process.text());
  return spec;
}

bool can_borrow_namespace(const config::Platform& platform, const Surroundings& around) {
  // A runtime of another kind may have no namespaces to share, and one PID namespace for all shows who else
  // is there.
  return around.network.empty() && platform.network_mode.empty() && platform.pid.empty() &&
         platform.runtime.empty() && !platform.privileged;
}

docker::ContainerSpec holder_spec(const std::string& image, const Held& held) {
  docker::ContainerSpec spec;
  spec.image = image;
  spec.user = "65534:65534";
  spec.no_healthcheck = true;
  spec.host.memory = std::int64_t{16} << 20U;
  // It needs one, but the engine's runtime runs under the same limit until then, and wants a dozen threads.
  spec.host.pids_limit = 64;
  spec.host.read_only_root = true;
  spec.host.cap_drop = {"ALL"};
  spec.host.security_opt = {"no-new-privileges"};
  spec.host.network_mode = "none";
  spec.host.ipc_mode = held.ipc ? "shareable" : "private";
  spec.host.shm_size = held.shm_size;
  spec.host.cgroupns_mode = "private";
  spec.host.log_driver = "none";
  spec.host.ulimits = {{"core", 0, 0}};
  if (!held.volume.empty()) spec.host.volumes.push_back({held.volume, held.volume_path, false});
  return spec;
}

}  // namespace executor::instance
