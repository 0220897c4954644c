// The one owner of what a run makes in the engine: gives it its name and labels, takes it away again, and can
// say what is left. It must not know what any of it is for.
#include "executor/track/tracker.h"

#include <fmt/format.h>

#include <tuple>

#include "docker/container_inspect.h"
#include "docker/container_lifecycle.h"
#include "docker/networks.h"
#include "executor/track/removal.h"

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
                        {kMachineLabel, machine_},
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

docker::Result<std::vector<Object>> Tracker::list() const {
  return list_objects(client_, run_, clean_up_call());
}

docker::Result<std::vector<Object>> Tracker::remove_all(const base::Deadline& deadline) {
  return remove_run(client_, run_, unknown_ ? base::milliseconds(kLandingTime) : base::milliseconds(0),
                    deadline);
}

}  // namespace executor::track
