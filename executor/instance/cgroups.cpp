// Limits that the kernel enforces for a host process and all that it starts: cgroups(7), where this user may
// make them. It must not start anything.
#include "executor/instance/cgroups.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <optional>
#include <sstream>
#include <system_error>

#include "executor/instance/cgroup_mounts.h"

namespace executor::instance {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kPeriod = 100'000;  // microseconds; the kernel's default

bool has(const std::vector<std::string>& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

std::string read_text(const fs::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

/// Why not, if it could not be written.
std::optional<std::string> write_text(const fs::path& file, const std::string& text) {
  const base::Fd fd(::open(file.c_str(), O_WRONLY | O_CLOEXEC));
  if (fd && ::write(fd.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()))
    return std::nullopt;
  return fmt::format("{}: {}", file.string(), std::generic_category().message(errno));
}

struct Setting {
  const char* file;
  std::string value;
  bool may_be_missing = false;  ///< swap, where the kernel does not count it
};

std::vector<Setting> settings_for(const CgroupPlace& place, const config::Limits& limits) {
  std::vector<Setting> settings;
  const auto add = [&settings](const char* file, std::string value, bool may_be_missing = false) {
    settings.push_back({file, std::move(value), may_be_missing});
  };
  const auto quota = std::to_string(limits.nano_cpus * kPeriod / 1'000'000'000);
  const auto memory = std::to_string(limits.memory);
  if (place.memory && limits.memory > 0) {
    add(place.unified ? "memory.max" : "memory.limit_in_bytes", memory);
    if (place.unified) add("memory.swap.max", "0", true);
    if (!place.unified) add("memory.memsw.limit_in_bytes", memory, true);
  }
  if (place.pids && limits.pids > 0) add("pids.max", std::to_string(limits.pids));
  if (place.cpus && limits.nano_cpus > 0) {
    if (place.unified) add("cpu.max", fmt::format("{} {}", quota, kPeriod));
    if (!place.unified) add("cpu.cfs_period_us", std::to_string(kPeriod));
    if (!place.unified) add("cpu.cfs_quota_us", quota);
  }
  return settings;
}

/// The run's cgroup in a place, with its limits switched on for those in it.
bool make_run_cgroup(const CgroupPlace& place) {
  if (::mkdir(place.folder.c_str(), 0755) != 0) return false;
  std::string wanted;
  if (place.memory) wanted += "+memory ";
  if (place.pids) wanted += "+pids ";
  if (place.cpus) wanted += "+cpu ";
  // Processes must be allowed to move there: from where we are, which decides it, and to it.
  const bool usable = ::access((place.folder / "cgroup.procs").c_str(), W_OK) == 0 &&
                      ::access((place.folder.parent_path() / "cgroup.procs").c_str(), W_OK) == 0 &&
                      (!place.unified || !write_text(place.folder / "cgroup.subtree_control", wanted));
  if (!usable) ::rmdir(place.folder.c_str());
  return usable;
}

}  // namespace

std::vector<CgroupPlace> cgroup_places(const std::string& mountinfo, const std::string& own_cgroups) {
  const auto mounts = read_cgroup_mounts(mountinfo);
  std::vector<CgroupPlace> places;
  for (const auto& own : read_cgroup_memberships(own_cgroups)) {
    const auto mount =
        std::find_if(mounts.begin(), mounts.end(), [&own](const auto& one) { return own.is_in(one); });
    if (mount == mounts.end()) continue;
    auto folder = locate_cgroup(*mount, own.path);
    auto available = own.controllers;
    if (mount->unified) {
      if (folder != mount->point) folder = folder.parent_path();
      std::istringstream words(read_text(folder / "cgroup.subtree_control"));
      for (std::string word; words >> word;) available.push_back(word);
    }
    const CgroupPlace place{folder, mount->unified, has(available, "memory"), has(available, "pids"),
                            has(available, "cpu")};
    if (place.memory || place.pids || place.cpus) places.push_back(place);
  }
  return places;
}

std::int64_t Cgroup::oom_kills() const {
  if (memory_.empty()) return 0;
  const auto file = memory_ / (is_memory_unified_ ? "memory.events" : "memory.oom_control");
  return number_behind(read_text(file), "oom_kill") - oom_kills_before_;
}

std::vector<pid_t> Cgroup::processes() const {
  std::vector<pid_t> pids;
  if (folders_.empty()) return pids;
  std::istringstream list(read_text(folders_.front() / "cgroup.procs"));
  for (pid_t pid = 0; list >> pid;) pids.push_back(pid);
  return pids;
}

Cgroups::Cgroups(const std::string& name, const std::vector<CgroupPlace>& places,
                 const std::function<void(const fs::path&)>& on_make) {
  for (auto place : places) {
    place.folder /= name;
    on_make(place.folder);
    if (make_run_cgroup(place)) places_.push_back(place);
  }
}

Cgroups::~Cgroups() {
  for (const auto& [key, idle] : idle_) {
    for (const auto& cgroup : idle) {
      for (const auto& folder : cgroup->folders_) ::rmdir(folder.c_str());
    }
  }
  for (const auto& place : places_) ::rmdir(place.folder.c_str());
}

bool Cgroups::limits_memory() const {
  return std::any_of(places_.begin(), places_.end(), [](const auto& place) { return place.memory; });
}

std::string Cgroups::describe() const {
  std::vector<std::string> what;
  const auto any = [this](bool CgroupPlace::*kind) {
    return std::any_of(places_.begin(), places_.end(), [kind](const auto& place) { return place.*kind; });
  };
  if (any(&CgroupPlace::memory)) what.emplace_back("memory");
  if (any(&CgroupPlace::cpus)) what.emplace_back("CPUs");
  if (any(&CgroupPlace::pids)) what.emplace_back("processes");
  return fmt::format("{}", fmt::join(what, ", "));
}

tl::expected<std::unique_ptr<Cgroup>, std::string> Cgroups::lend(const config::Limits& limits) {
  if (places_.empty()) return nullptr;
  std::unique_ptr<Cgroup> cgroup;
  {
    const std::lock_guard lock(mutex_);
    auto& idle = idle_[{limits.memory, limits.nano_cpus, limits.pids}];
    if (!idle.empty()) {
      cgroup = std::move(idle.back());
      idle.pop_back();
    }
  }
  if (!cgroup) {
    auto made = make(limits);
    if (!made) return made;
    cgroup = std::move(*made);
  }
  cgroup->oom_kills_before_ += cgroup->oom_kills();
  return cgroup;
}

tl::expected<std::unique_ptr<Cgroup>, std::string> Cgroups::make(const config::Limits& limits) {
  auto cgroup = std::make_unique<Cgroup>();
  cgroup->limits_ = limits;
  unsigned number = 0;
  {
    const std::lock_guard lock(mutex_);
    number = ++made_;
  }
  const auto fail = [&cgroup](std::string why) {
    for (const auto& folder : cgroup->folders_) ::rmdir(folder.c_str());
    return tl::unexpected(std::move(why));
  };
  for (const auto& place : places_) {
    const auto folder = place.folder / std::to_string(number);
    if (::mkdir(folder.c_str(), 0755) != 0)
      return fail(fmt::format("{}: {}", folder.string(), std::generic_category().message(errno)));
    cgroup->folders_.push_back(folder);
    for (const auto& setting : settings_for(place, limits)) {
      auto wrong = write_text(folder / setting.file, setting.value);
      if (wrong && !(setting.may_be_missing && ::access((folder / setting.file).c_str(), F_OK) != 0))
        return fail(std::move(*wrong));
    }
    if (place.memory) cgroup->memory_ = folder;
    if (place.memory) cgroup->is_memory_unified_ = place.unified;
    if (place.unified) cgroup->unified_.reset(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!place.unified)
      cgroup->entries_.emplace_back(::open((folder / "tasks").c_str(), O_WRONLY | O_CLOEXEC));
  }
  return cgroup;
}

/// What is left of its last user's memory, such as files that it wrote, would count for the next.
void Cgroups::take_back(std::unique_ptr<Cgroup> cgroup) {
  const auto limit = cgroup->limits_.memory;
  const auto* file = cgroup->is_memory_unified_ ? "memory.current" : "memory.usage_in_bytes";
  std::int64_t used = 0;
  if (limit > 0 && !cgroup->memory_.empty()) std::ifstream(cgroup->memory_ / file) >> used;
  if (used > limit / 8) {
    for (const auto& folder : cgroup->folders_) ::rmdir(folder.c_str());
    return;
  }
  const auto& limits = cgroup->limits_;
  const std::lock_guard lock(mutex_);
  idle_[{limits.memory, limits.nano_cpus, limits.pids}].push_back(std::move(cgroup));
}

}  // namespace executor::instance
