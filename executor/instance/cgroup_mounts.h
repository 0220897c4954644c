// Where the hierarchies of cgroups(7) are mounted, and which cgroup a process is in. Internal to instance/:
// it must not know what the cgroups are for.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace executor::instance {

/// A mount of cgroups.
struct CgroupMount {
  std::filesystem::path root;   ///< what of the hierarchy is mounted
  std::filesystem::path point;  ///< where
  bool unified = false;         ///< version 2
  std::vector<std::string> controllers;
};

/// From the text of proc_pid_mountinfo(5); what is no such text gives none.
std::vector<CgroupMount> read_cgroup_mounts(const std::string& mountinfo);

/// The folder of `cgroup`, a path within the mount's hierarchy; the mount itself where it is out of sight, as
/// in a container that shares its host's cgroup namespace.
std::filesystem::path locate_cgroup(const CgroupMount& mount, const std::filesystem::path& cgroup);

/// A line of proc_pid_cgroup(5): "4:memory:/user.slice" or, of version 2, "0::/user.slice".
struct CgroupMembership {
  std::vector<std::string> controllers;  ///< none: version 2
  std::string path;
  [[nodiscard]] bool is_in(const CgroupMount& mount) const;
};
std::vector<CgroupMembership> read_cgroup_memberships(const std::string& text);

/// The number behind the word `name`; 0 if there is none.
std::int64_t number_behind(const std::string& text, std::string_view name);

}  // namespace executor::instance
