// What the engine holds of cexec's runs, by their labels. It must not know which run is this one.
#include "executor/track/objects.h"

#include <fmt/format.h>

#include "docker/container_inspect.h"
#include "docker/container_lifecycle.h"
#include "docker/networks.h"
#include "docker/volumes.h"
#include "executor/track/labels.h"

namespace executor::track {
namespace {

std::string value_of(const docker::Labels& labels, const char* label) {
  const auto found = labels.find(label);
  return found == labels.end() ? std::string() : found->second;
}

template <class Summary>
void add_ours(std::vector<Object>& objects, ObjectKind kind, const std::vector<Summary>& summaries) {
  for (const auto& summary : summaries) {
    if (value_of(summary.labels, kNameLabel) != summary.name) continue;
    objects.push_back({kind, summary.name, model::RunId(value_of(summary.labels, kRunLabel)),
                       value_of(summary.labels, kOwnerLabel), value_of(summary.labels, kMachineLabel),
                       model::CaseId(value_of(summary.labels, kCaseLabel)), summary.created});
  }
}

/// `whole`: not containers only.
docker::Result<std::vector<Object>> list_labelled(const docker::Client& client,
                                                  const std::vector<std::string>& labels, bool whole,
                                                  const docker::Call& call) {
  std::vector<Object> objects;
  const auto containers = docker::list_containers(client, labels, call);
  if (!containers) return tl::unexpected(containers.error());
  add_ours(objects, ObjectKind::container, *containers);
  if (!whole) return objects;
  const auto networks = docker::list_networks(client, labels, call);
  if (!networks) return tl::unexpected(networks.error());
  const auto volumes = docker::list_volumes(client, labels, call);
  if (!volumes) return tl::unexpected(volumes.error());
  add_ours(objects, ObjectKind::network, *networks);
  add_ours(objects, ObjectKind::volume, *volumes);
  return objects;
}

}  // namespace

std::string_view name_of(ObjectKind kind) {
  switch (kind) {
    case ObjectKind::container: return "container";
    case ObjectKind::network: return "network";
    case ObjectKind::volume: return "volume";
  }
  return "container";
}

docker::Result<std::vector<Object>> list_objects(const docker::Client& client,
                                                 const std::optional<model::RunId>& run,
                                                 const docker::Call& call) {
  return list_labelled(client, {run ? fmt::format("{}={}", kRunLabel, run->text()) : kRunLabel}, true, call);
}

docker::Result<std::vector<Object>> list_case(const docker::Client& client, const model::RunId& run,
                                              const model::CaseId& case_id, bool with_shared,
                                              const docker::Call& call) {
  return list_labelled(
      client, {fmt::format("{}={}", kRunLabel, run.text()), fmt::format("{}={}", kCaseLabel, case_id.text())},
      with_shared, call);
}

docker::Result<void> remove_object(const docker::Client& client, const Object& object,
                                   const docker::Call& call) {
  switch (object.kind) {
    case ObjectKind::container: return docker::remove_container(client, object.name, call);
    case ObjectKind::network: return docker::remove_network(client, object.name, call);
    case ObjectKind::volume: return docker::remove_volume(client, object.name, call);
  }
  return {};
}

std::vector<std::string> names_of(const std::vector<Object>& objects) {
  std::vector<std::string> names;
  for (const auto& object : objects) names.push_back(object.name);
  return names;
}

}  // namespace executor::track
