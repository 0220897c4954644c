// The one owner of what a run makes in the engine: gives it its name and labels, takes it away again, and can
// say what is left. It must not know what any of it is for.
#include "executor/track/tracker.h"

#include <fmt/format.h>

#include <algorithm>
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
/// After so long it is asked whether it works at all.
constexpr auto kFirstRemoveTime = 10s;
constexpr auto kCheckTime = 5s;
/// Where it is known not to answer.
constexpr auto kHopelessTime = 1s;
/// How long a creation that was given up may take to show up.
constexpr auto kLandingTime = 3s;

docker::Call call_of(base::milliseconds time) {
  return {base::Deadline::in(time), {}};
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

std::string Tracker::note_new(const Belonging& belonging, ObjectKind kind) {
  const auto& process = belonging.process.text();
  const std::string_view what = kind != ObjectKind::container ? name_of(kind)
                                : process.empty()             ? std::string_view("shared")
                                                              : std::string_view(process);
  auto name = fmt::format("cexec-{}-{}{}-{}", run_.text().substr(0, 8), mark_, ++counter_, what);
  const std::lock_guard lock(mutex_);
  made_[name] = {{kind, name, run_, owner_.text(), machine_, belonging.case_id, 0}, false};
  return name;
}

void Tracker::note_id(const std::string& name, const std::string& id) {
  const std::lock_guard lock(mutex_);
  names_[id] = name;
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

void Tracker::give_up(const std::string& name, const docker::Error& error) {
  health_.note(error);
  if (is_unknown(error)) {
    unknown_ = true;
    std::ignore = remove(name);
    return;
  }
  const std::lock_guard lock(mutex_);
  made_.erase(name);
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
  spec.name = note_new(belonging, ObjectKind::container);
  spec.labels = labels(spec.name, belonging);
  auto created = docker::create_container(client_, spec, call);
  if (!created && created.error().is_status(409)) created = adopt(created.error(), spec.name, call);
  if (created) {
    note_id(spec.name, created->id);
  } else {
    give_up(spec.name, created.error());
  }
  return created;
}

docker::Result<std::string> Tracker::create_network(const Belonging& belonging, const docker::Call& call) {
  const auto name = note_new(belonging, ObjectKind::network);
  const auto created =
      docker::create_network(client_, {.name = name, .labels = labels(name, belonging)}, call);
  if (created) return name;
  give_up(name, created.error());
  return tl::unexpected(created.error());
}

docker::Result<std::string> Tracker::create_volume(std::int64_t size_bytes, const Belonging& belonging,
                                                   const docker::Call& call) {
  const auto name = note_new(belonging, ObjectKind::volume);
  const auto created =
      docker::create_volume(client_, docker::tmpfs_volume(name, size_bytes, labels(name, belonging)), call);
  if (created) return name;
  give_up(name, created.error());
  return tl::unexpected(created.error());
}

docker::Result<void> Tracker::remove_patiently(const Object& object) {
  if (health_.is_doubted()) return remove_object(client_, object, call_of(kHopelessTime));
  auto removed = remove_object(client_, object, call_of(kFirstRemoveTime));
  if (removed || removed.error().kind != ErrorKind::timed_out) return removed;
  if (!health_.check(call_of(kCheckTime))) return removed;
  return remove_object(client_, object, call_of(kRemoveTime));
}

/// `key`: a name, or a container's id.
docker::Result<void> Tracker::remove(const std::string& key) {
  Object object;
  {
    const std::lock_guard lock(mutex_);
    const auto id = names_.find(key);
    const auto found = made_.find(id == names_.end() ? key : id->second);
    if (found == made_.end()) return {};  // it was removed before
    found->second.to_be_removed = true;
    object = found->second.object;
  }
  auto removed = remove_patiently(object);
  if (!removed) {
    health_.note(removed.error());
    return removed;
  }
  const std::lock_guard lock(mutex_);
  made_.erase(object.name);
  if (key != object.name) names_.erase(key);
  return {};
}

docker::Result<void> Tracker::remove_container(const std::string& id) {
  return remove(id);
}
docker::Result<void> Tracker::remove_network(const std::string& name) {
  return remove(name);
}
docker::Result<void> Tracker::remove_volume(const std::string& name) {
  return remove(name);
}

void Tracker::remove_left() {
  std::vector<Object> left;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [name, made] : made_) {
      if (made.to_be_removed) left.push_back(made.object);
    }
  }
  std::stable_sort(left.begin(), left.end(), [](const auto& a, const auto& b) { return a.kind < b.kind; });
  for (const auto& name : remove_objects(client_, left, call_of(kRemoveTime)).names) {
    const std::lock_guard lock(mutex_);
    made_.erase(name);
  }
}

std::vector<std::string> Tracker::check_case(const CaseId& case_id, bool with_shared) {
  const auto unknown = [](const std::string& why) {
    return std::vector<std::string>{"whether something of it is left is not known: " + why};
  };
  if (health_.is_doubted()) return unknown("the engine does not answer");
  auto left = list_case(client_, run_, case_id, with_shared, call_of(kFirstRemoveTime));
  if (!left) {
    health_.note(left.error());
    return unknown(left.error().describe());
  }
  {
    // Another attempt at the same case may be under way.
    const std::lock_guard lock(mutex_);
    std::erase_if(*left, [this](const auto& object) {
      const auto made = made_.find(object.name);
      return made != made_.end() && !made->second.to_be_removed;
    });
  }
  if (left->empty()) return {};
  std::vector<std::string> sentences;
  for (const auto& failure : remove_objects(client_, *left, call_of(kFirstRemoveTime)).failures)
    sentences.push_back("left behind: " + failure);
  return sentences;
}

docker::Result<std::vector<Object>> Tracker::list() const {
  return list_objects(client_, run_, call_of(kRemoveTime));
}

docker::Result<std::vector<Object>> Tracker::remove_all(const base::Deadline& deadline) {
  return remove_run(client_, run_, unknown_ ? base::milliseconds(kLandingTime) : base::milliseconds(0),
                    deadline);
}

}  // namespace executor::track
