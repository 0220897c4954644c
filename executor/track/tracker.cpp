// The one owner of what a run makes in the engine: gives it its name and labels, takes it away again, and can
// say what is left. It must not know what any of it is for.
#include "executor/track/tracker.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "base/wait.h"
#include "docker/container_inspect.h"
#include "docker/container_lifecycle.h"
#include "docker/networks.h"

namespace executor::track {
namespace {

using docker::ErrorKind;
using namespace std::chrono_literals;

/// An engine under load may take long to remove; giving up early would leave things behind.
constexpr auto kRemoveTime = 60s;
/// How long a creation that was given up may take to show up.
constexpr auto kLandingTime = 3s;

docker::Call clean_up_call() {
  return {base::Deadline::in(kRemoveTime), {}};
}

bool is_unknown(const docker::Error& error) {
  return error.kind == ErrorKind::timed_out || error.kind == ErrorKind::cancelled ||
         error.kind == ErrorKind::broken;
}

/// An object that only inherited our labels has another name.
bool is_ours(const docker::Labels& labels, const std::string& name) {
  const auto label = labels.find(kNameLabel);
  return label != labels.end() && label->second == name;
}

template <class Object>
std::vector<std::string> names_of_ours(const std::vector<Object>& objects) {
  std::vector<std::string> names;
  for (const auto& object : objects) {
    if (is_ours(object.labels, object.name)) names.push_back(object.name);
  }
  return names;
}

}  // namespace

std::string Tracker::next_name(const Belonging& belonging, std::string_view kind) {
  const auto number = ++counter_;
  const auto& process = belonging.process.text();
  return fmt::format("cexec-{}-{}-{}", run_.text().substr(0, 8), number,
                     process.empty() ? kind : std::string_view(process));
}

docker::Labels Tracker::labels(const std::string& name, const Belonging& belonging) const {
  docker::Labels labels{{kRunLabel, run_.text()},
                        {kCaseLabel, belonging.case_id.text()},
                        {kOwnerLabel, owner_.text()},
                        {kNameLabel, name}};
  if (!belonging.process.empty()) labels.emplace(kProcessLabel, belonging.process.text());
  return labels;
}

void Tracker::note_unknown(const docker::Error& error) {
  if (is_unknown(error)) unknown_ = true;
}

docker::Result<docker::CreatedContainer> Tracker::adopt(const docker::Error& conflict,
                                                        const std::string& name,
                                                        const docker::Call& call) const {
  const auto id = docker::conflicting_container(conflict);
  if (id.empty()) return tl::unexpected(conflict);
  const auto details = docker::inspect_container(client_, id, call);
  if (!details || !is_ours(details->labels, name)) return tl::unexpected(conflict);
  return docker::CreatedContainer{details->id, {}};
}

docker::Result<docker::CreatedContainer> Tracker::create_container(docker::ContainerSpec spec,
                                                                   const Belonging& belonging,
                                                                   const docker::Call& call) {
  spec.name = next_name(belonging, "shared");
  spec.labels = labels(spec.name, belonging);
  auto created = docker::create_container(client_, spec, call);
  if (created) return created;
  if (created.error().is_status(409)) return adopt(created.error(), spec.name, call);
  note_unknown(created.error());
  if (is_unknown(created.error())) std::ignore = remove_container(spec.name);
  return created;
}

docker::Result<std::string> Tracker::create_network(const Belonging& belonging, const docker::Call& call) {
  const auto name = next_name(belonging, "network");
  const auto created =
      docker::create_network(client_, {.name = name, .labels = labels(name, belonging)}, call);
  if (created) return name;
  note_unknown(created.error());
  if (is_unknown(created.error())) std::ignore = remove_network(name);
  return tl::unexpected(created.error());
}

docker::Result<std::string> Tracker::create_volume(std::int64_t size_bytes, const Belonging& belonging,
                                                   const docker::Call& call) {
  const auto name = next_name(belonging, "volume");
  const auto created =
      docker::create_volume(client_, docker::tmpfs_volume(name, size_bytes, labels(name, belonging)), call);
  if (created) return name;
  note_unknown(created.error());
  if (is_unknown(created.error())) std::ignore = remove_volume(name);
  return tl::unexpected(created.error());
}

docker::Result<void> Tracker::remove_container(const std::string& id) {
  return docker::remove_container(client_, id, clean_up_call());
}

docker::Result<void> Tracker::remove_network(const std::string& name) {
  return docker::remove_network(client_, name, clean_up_call());
}

docker::Result<void> Tracker::remove_volume(const std::string& name) {
  return docker::remove_volume(client_, name, clean_up_call());
}

std::vector<std::string> Objects::names() const {
  auto all = containers;
  all.insert(all.end(), networks.begin(), networks.end());
  all.insert(all.end(), volumes.begin(), volumes.end());
  return all;
}

docker::Result<Objects> Tracker::list() const {
  const std::vector<std::string> label{fmt::format("{}={}", kRunLabel, run_.text())};
  const auto call = clean_up_call();
  const auto containers = docker::list_containers(client_, label, call);
  if (!containers) return tl::unexpected(containers.error());
  const auto networks = docker::list_networks(client_, label, call);
  if (!networks) return tl::unexpected(networks.error());
  const auto volumes = docker::list_volumes(client_, label, call);
  if (!volumes) return tl::unexpected(volumes.error());
  return Objects{names_of_ours(*containers), names_of_ours(*networks), names_of_ours(*volumes)};
}

docker::Result<Objects> Tracker::remove_all(const base::Deadline& deadline) {
  const auto landed_by =
      base::Deadline::in(unknown_ ? base::milliseconds(kLandingTime) : base::milliseconds(0));
  auto pause = 20ms;
  while (true) {
    auto left = list();
    if (!left || (left->empty() && landed_by.passed()) || deadline.passed()) return left;
    // Containers hold on to the rest: they come first.
    for (const auto& name : left->containers) std::ignore = remove_container(name);
    for (const auto& name : left->networks) std::ignore = remove_network(name);
    for (const auto& name : left->volumes) std::ignore = remove_volume(name);
    if (left->empty()) base::pause_for(pause, {});
    pause = std::min(pause * 2, 500ms);
  }
}

}  // namespace executor::track
