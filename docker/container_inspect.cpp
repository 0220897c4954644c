// GET /containers/{id}/json and GET /containers/json: what the engine knows of its containers.
#include "docker/container_inspect.h"

#include "docker/json_parts.h"

namespace docker {
namespace {

namespace json = base::json;

std::string without_slash(std::string name) {
  if (name.starts_with('/')) name.erase(0, 1);
  return name;
}

std::map<std::string, std::string> addresses_of(const json::Value* networks) {
  std::map<std::string, std::string> addresses;
  if (networks == nullptr || !networks->IsObject()) return addresses;
  for (const auto& network : networks->GetObject()) {
    auto address = json::string_or(json::find(&network.value, "IPAddress"));
    if (!address.empty()) addresses.emplace(network.name.GetString(), std::move(address));
  }
  return addresses;
}

ContainerSummary summary_of(const json::Value& item) {
  ContainerSummary summary;
  summary.id = json::string_or(json::find(&item, "Id"));
  const auto names = strings_of(json::find(&item, "Names"));
  if (!names.empty()) summary.name = without_slash(names.front());
  summary.image = json::string_or(json::find(&item, "Image"));
  summary.state = json::string_or(json::find(&item, "State"));
  summary.created = json::int_or(json::find(&item, "Created"));
  summary.labels = map_of(json::find(&item, "Labels"));
  return summary;
}

}  // namespace

Result<ContainerDetails> inspect_container(const Client& client, const std::string& id, const Call& call) {
  const auto document =
      client.send_for_json({Method::get, Target("/containers/", id, "/json").text(), {}, {}, {}}, call);
  if (!document) return tl::unexpected(document.error());
  const json::Value* root = &*document;
  const auto* state = json::find(root, "State");
  ContainerDetails details;
  details.id = json::string_or(json::find(root, "Id"));
  details.name = without_slash(json::string_or(json::find(root, "Name")));
  details.image_id = json::string_or(json::find(root, "Image"));
  details.labels = map_of(json::find(root, "Config", "Labels"));
  details.status = json::string_or(json::find(state, "Status"));
  details.running = json::bool_or(json::find(state, "Running"));
  details.oom_killed = json::bool_or(json::find(state, "OOMKilled"));
  details.pid = json::int_or(json::find(state, "Pid"));
  details.exit_code = json::int_or(json::find(state, "ExitCode"));
  details.error = json::string_or(json::find(state, "Error"));
  details.started_at = json::string_or(json::find(state, "StartedAt"));
  details.finished_at = json::string_or(json::find(state, "FinishedAt"));
  details.addresses = addresses_of(json::find(root, "NetworkSettings", "Networks"));
  const auto* host = json::find(root, "HostConfig");
  details.memory = json::int_or(json::find(host, "Memory"));
  details.nano_cpus = json::int_or(json::find(host, "NanoCpus"));
  details.pids_limit = json::int_or(json::find(host, "PidsLimit"));
  return details;
}

Result<std::vector<ContainerSummary>> list_containers(const Client& client,
                                                      const std::vector<std::string>& labels,
                                                      const Call& call) {
  auto target = Target("/containers/json").add("all", "1").add("filters", filters_text({{"label", labels}}));
  const auto document = client.send_for_json({Method::get, target.text(), {}, {}, {}}, call);
  if (!document) return tl::unexpected(document.error());
  std::vector<ContainerSummary> list;
  if (document->IsArray()) {
    for (const auto& item : document->GetArray()) list.push_back(summary_of(item));
  }
  return list;
}

}  // namespace docker
