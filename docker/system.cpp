// The engine itself: ping, version, info.
#include "docker/system.h"

#include "docker/json_parts.h"

namespace docker {

namespace json = base::json;

Result<void> ping(const Client& client, const Call& call) {
  const auto response = client.send({Method::get, "/_ping", {}, {}, {}}, call);
  if (!response) return tl::unexpected(response.error());
  return {};
}

Result<EngineVersion> engine_version(const Client& client, const Call& call) {
  const auto document = client.send_for_json({Method::get, "/version", {}, {}, {}}, call);
  if (!document) return tl::unexpected(document.error());
  const json::Value* root = &*document;
  const auto text = [root](std::string_view key) { return json::string_or(json::find(root, key)); };
  EngineVersion version{text("Version"),
                        text("ApiVersion"),
                        text("MinAPIVersion"),
                        text("Os"),
                        text("Arch"),
                        text("KernelVersion"),
                        {}};
  const auto* components = json::find(root, "Components");
  if (components != nullptr && components->IsArray() && !components->Empty()) {
    version.name = json::string_or(json::find(&(*components)[0], "Name"));
  }
  return version;
}

Result<EngineInfo> engine_info(const Client& client, const Call& call) {
  const auto document = client.send_for_json({Method::get, "/info", {}, {}, {}}, call);
  if (!document) return tl::unexpected(document.error());
  const json::Value* root = &*document;
  const auto text = [root](std::string_view key) { return json::string_or(json::find(root, key)); };
  const auto flag = [root](std::string_view key) { return json::bool_or(json::find(root, key)); };
  EngineInfo info;
  info.id = text("ID");
  info.storage_driver = text("Driver");
  info.cgroup_driver = text("CgroupDriver");
  info.cgroup_version = text("CgroupVersion");
  info.operating_system = text("OperatingSystem");
  info.root_dir = text("DockerRootDir");
  info.memory_bytes = json::int_or(json::find(root, "MemTotal"));
  info.cpus = json::int_or(json::find(root, "NCPU"));
  info.containers = json::int_or(json::find(root, "Containers"));
  info.memory_limit = flag("MemoryLimit");
  info.swap_limit = flag("SwapLimit");
  info.pids_limit = flag("PidsLimit");
  info.cpu_quota = flag("CpuCfsQuota");
  info.security_options = strings_of(json::find(root, "SecurityOptions"));
  info.warnings = strings_of(json::find(root, "Warnings"));
  const auto* runtimes = json::find(root, "Runtimes");
  if (runtimes != nullptr && runtimes->IsObject()) {
    for (const auto& runtime : runtimes->GetObject()) info.runtimes.emplace_back(runtime.name.GetString());
  }
  return info;
}

}  // namespace docker
