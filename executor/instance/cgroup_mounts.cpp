// Where the hierarchies of cgroups(7) are mounted, and which cgroup a process is in. Internal to instance/:
// it must not know what the cgroups are for.
#include "executor/instance/cgroup_mounts.h"

#include <algorithm>
#include <sstream>

namespace executor::instance {
namespace {

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, separator);) parts.push_back(part);
  return parts;
}

}  // namespace

/// "36 35 98:0 /mnt1 /mnt2 rw,noatime shared:1 - cgroup cgroup rw,memory" (proc_pid_mountinfo(5))
std::vector<CgroupMount> read_cgroup_mounts(const std::string& mountinfo) {
  std::vector<CgroupMount> mounts;
  for (const auto& line : split(mountinfo, '\n')) {
    const auto separator = line.find(" - ");
    if (separator == std::string::npos) continue;
    const auto before = split(line.substr(0, separator), ' ');
    const auto after = split(line.substr(separator + 3), ' ');
    if (before.size() < 5 || after.size() < 3) continue;
    if (after[0] == "cgroup2") mounts.push_back({before[3], before[4], true, {}});
    if (after[0] == "cgroup") mounts.push_back({before[3], before[4], false, split(after[2], ',')});
  }
  return mounts;
}

std::filesystem::path locate_cgroup(const CgroupMount& mount, const std::filesystem::path& cgroup) {
  const auto inside = cgroup.lexically_relative(mount.root);
  if (inside.empty() || *inside.begin() == "..") return mount.point;
  return (mount.point / inside).lexically_normal();
}

bool CgroupMembership::is_in(const CgroupMount& mount) const {
  if (controllers.empty() || mount.unified) return controllers.empty() && mount.unified;
  const auto& there = mount.controllers;
  return std::find(there.begin(), there.end(), controllers.front()) != there.end();
}

std::vector<CgroupMembership> read_cgroup_memberships(const std::string& text) {
  std::vector<CgroupMembership> memberships;
  for (const auto& line : split(text, '\n')) {
    const auto first = line.find(':');
    const auto second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    auto controllers = split(line.substr(first + 1, second - first - 1), ',');
    if (controllers.empty() && !line.starts_with("0:")) continue;
    memberships.push_back({std::move(controllers), line.substr(second + 1)});
  }
  return memberships;
}

std::int64_t number_behind(const std::string& text, std::string_view name) {
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    std::int64_t value = 0;
    if (word == name && words >> value) return value;
  }
  return 0;
}

}  // namespace executor::instance
