// POST /containers/create. It must not know what runs inside.
#include "docker/container_create.h"

#include <algorithm>

#include "docker/json_parts.h"

namespace docker {
namespace {

namespace json = base::json;

// {"Path":"/dev/sda","Rate":1048576}; for weights "Weight" stands in the place of "Rate".
void add_rates(json::Writer& out, std::string_view key, const std::vector<DeviceRate>& rates,
               std::string_view number = "Rate") {
  if (rates.empty()) return;
  out.key(key).begin_array();
  for (const auto& rate : rates) {
    out.begin_object().member("Path", rate.path).member(number, rate.rate).end_object();
  }
  out.end_array();
}

void add_blkio(json::Writer& out, const BlkioLimits& blkio) {
  if (blkio.weight) out.member("BlkioWeight", *blkio.weight);
  add_rates(out, "BlkioWeightDevice", blkio.weight_device, "Weight");
  add_rates(out, "BlkioDeviceReadBps", blkio.read_bps);
  add_rates(out, "BlkioDeviceWriteBps", blkio.write_bps);
  add_rates(out, "BlkioDeviceReadIOps", blkio.read_iops);
  add_rates(out, "BlkioDeviceWriteIOps", blkio.write_iops);
}

// [{"Type":"volume","Source":"name","Target":"/exchange","ReadOnly":false}]
void add_mounts(json::Writer& out, const std::vector<VolumeMount>& volumes) {
  if (volumes.empty()) return;
  out.key("Mounts").begin_array();
  for (const auto& volume : volumes) {
    out.begin_object().member("Type", "volume").member("Source", volume.volume);
    out.member("Target", volume.target).member("ReadOnly", volume.read_only).end_object();
  }
  out.end_array();
}

// [{"PathOnHost":"/dev/fuse","PathInContainer":"/dev/fuse","CgroupPermissions":"rwm"}]
void add_devices(json::Writer& out, const std::vector<std::string>& devices) {
  if (devices.empty()) return;
  out.key("Devices").begin_array();
  for (const auto& device : devices) {
    const auto first = device.find(':');
    const auto second = first == std::string::npos ? first : device.find(':', first + 1);
    const auto host = device.substr(0, first);
    const auto inside = first == std::string::npos ? host : device.substr(first + 1, second - first - 1);
    out.begin_object().member("PathOnHost", host).member("PathInContainer", inside);
    out.member("CgroupPermissions", second == std::string::npos ? "rwm" : device.substr(second + 1))
        .end_object();
  }
  out.end_array();
}

// [{"Name":"core","Soft":0,"Hard":0}]
void add_ulimits(json::Writer& out, const std::vector<Ulimit>& ulimits) {
  if (ulimits.empty()) return;
  out.key("Ulimits").begin_array();
  for (const auto& limit : ulimits) {
    out.begin_object().member("Name", limit.name).member("Soft", limit.soft).member("Hard", limit.hard);
    out.end_object();
  }
  out.end_array();
}

void add_modes(json::Writer& out, const HostSettings& host) {
  add_text(out, "NetworkMode", host.network_mode);
  add_text(out, "IpcMode", host.ipc_mode);
  add_text(out, "CgroupnsMode", host.cgroupns_mode);
  add_text(out, "PidMode", host.pid_mode);
  add_text(out, "Runtime", host.runtime);
  if (!host.log_driver.empty()) {
    out.key("LogConfig").begin_object().member("Type", host.log_driver).end_object();
  }
}

void add_host(json::Writer& out, const HostSettings& host) {
  out.key("HostConfig").begin_object();
  if (host.memory > 0) out.member("Memory", host.memory).member("MemorySwap", host.memory);
  if (host.nano_cpus > 0) out.member("NanoCpus", host.nano_cpus);
  if (host.pids_limit > 0) out.member("PidsLimit", host.pids_limit);
  if (host.shm_size > 0) out.member("ShmSize", host.shm_size);
  out.member("ReadonlyRootfs", host.read_only_root).member("Privileged", host.privileged);
  if (host.init) out.member("Init", *host.init);
  // AutoRemove stays off: it would destroy the evidence. A restart would be another life.
  out.member("AutoRemove", false);
  out.key("RestartPolicy").begin_object().member("Name", "no").end_object();
  add_list(out, "CapAdd", host.cap_add);
  add_list(out, "CapDrop", host.cap_drop);
  add_list(out, "SecurityOpt", host.security_opt);
  add_list(out, "Binds", host.binds);
  add_map(out, "Tmpfs", host.tmpfs);
  add_devices(out, host.devices);
  add_mounts(out, host.volumes);
  add_ulimits(out, host.ulimits);
  add_blkio(out, host.blkio);
  add_modes(out, host);
  out.end_object();
}

// {"EndpointsConfig":{"NETWORK":{"Aliases":["alias"]}}}
void add_aliases(json::Writer& out, const ContainerSpec& spec) {
  if (spec.network_aliases.empty()) return;
  out.key("NetworkingConfig").begin_object().key("EndpointsConfig").begin_object();
  out.key(spec.host.network_mode).begin_object();
  add_list(out, "Aliases", spec.network_aliases);
  out.end_object().end_object().end_object();
}

/// Where a container is to have any ulimit, Podman adds the highest ones it can think of for what is not
/// named (containers/podman, pkg/specgen/generate/oci.go, addRlimits), and fails where its own are lower.
/// These are below what any system gives to root.
ContainerSpec as_podman_takes_it(ContainerSpec spec) {
  auto& ulimits = spec.host.ulimits;
  if (ulimits.empty()) return spec;
  for (const auto& fallback : {Ulimit{"nofile", 1024, 4096}, Ulimit{"nproc", 16384, 16384}}) {
    const auto is_named = [&fallback](const Ulimit& ulimit) { return ulimit.name == fallback.name; };
    if (std::none_of(ulimits.begin(), ulimits.end(), is_named)) ulimits.push_back(fallback);
  }
  return spec;
}

}  // namespace

std::string create_body(const ContainerSpec& spec) {
  json::Writer out;
  out.begin_object();
  out.member("Image", spec.image);
  add_list(out, "Entrypoint", spec.entrypoint);
  add_list(out, "Cmd", spec.command);
  add_list(out, "Env", spec.environment);
  add_text(out, "User", spec.user);
  add_text(out, "WorkingDir", spec.working_dir);
  add_text(out, "Hostname", spec.hostname);
  add_map(out, "Labels", spec.labels);
  out.member("Tty", spec.tty);
  out.member("OpenStdin", spec.open_stdin).member("StdinOnce", spec.open_stdin);
  out.member("AttachStdin", spec.open_stdin).member("AttachStdout", true).member("AttachStderr", true);
  if (spec.no_healthcheck) {
    out.key("Healthcheck").begin_object();
    add_list(out, "Test", {"NONE"});
    out.end_object();
  }
  add_host(out, spec.host);
  add_aliases(out, spec);
  out.end_object();
  return out.take();
}

Result<CreatedContainer> create_container(const Client& client, const ContainerSpec& spec, const Call& call) {
  Request request;
  request.method = Method::post;
  request.target = Target("/containers/create").add("name", spec.name).text();
  request.body = create_body(client.dialect() == Dialect::podman ? as_podman_takes_it(spec) : spec);
  request.content_type = "application/json";
  const auto document = client.send_for_json(std::move(request), call);
  if (!document) return tl::unexpected(document.error());
  CreatedContainer created;
  created.id = json::string_or(json::find(&*document, "Id"));
  created.warnings = strings_of(json::find(&*document, "Warnings"));
  if (created.id.empty()) {
    return tl::unexpected(
        Error{ErrorKind::malformed, 0, "POST /containers/create", "the answer names no container"});
  }
  return created;
}

std::string conflicting_container(const Error& error) {
  constexpr std::string_view kBefore = "by container \"";
  if (!error.is_status(409)) return {};
  const auto begin = error.message.find(kBefore);
  if (begin == std::string::npos) return {};
  const auto id = begin + kBefore.size();
  const auto end = error.message.find('"', id);
  return end == std::string::npos ? std::string() : error.message.substr(id, end - id);
}

}  // namespace docker
