// Limits that the kernel enforces for a host process and all that it starts: cgroups(7), where this user may
// make them. It must not start anything.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <tuple>
#include <vector>

#include <tl/expected.hpp>

#include "base/fd.h"
#include "executor/config/config.h"

namespace executor::instance {

/// A folder in which cgroups may be made, and what can be limited there.
struct CgroupPlace {
  std::filesystem::path folder;
  bool unified = false;  ///< version 2
  bool memory = false;
  bool pids = false;
  bool cpus = false;
  bool operator==(const CgroupPlace&) const = default;
};

/// Reads proc(5)'s `self/mountinfo` and `self/cgroup`. Version 1: where this process is, in each hierarchy.
/// Version 2: beside where it is, as a cgroup with processes can have no limits below it; and only for what
/// is switched on there. Whether anything may be made there is not looked at.
std::vector<CgroupPlace> cgroup_places(const std::string& mountinfo, const std::string& own_cgroups);

/// The cgroups of one instance, one in each hierarchy.
class Cgroup {
 public:
  /// What a process writes "0" to in order to move there (version 1).
  [[nodiscard]] const std::vector<base::Fd>& entries() const { return entries_; }
  /// What a process can be made in (version 2, clone3(2)); -1: none.
  [[nodiscard]] int unified() const { return unified_.get(); }
  /// How many processes were killed for memory since it was lent.
  [[nodiscard]] std::int64_t oom_kills() const;
  /// The processes in it.
  [[nodiscard]] std::vector<pid_t> processes() const;

 private:
  friend class Cgroups;
  std::vector<std::filesystem::path> folders_;
  std::vector<base::Fd> entries_;
  base::Fd unified_;
  std::filesystem::path memory_;  ///< the folder that counts memory; empty: none
  bool is_memory_unified_ = false;
  std::int64_t oom_kills_before_ = 0;
  config::Limits limits_;
};

/// All of a run. Cgroups are kept for the next instance with the same limits: to make one takes longer than
/// to start a small server. Thread-safe.
class Cgroups {
 public:
  /// Makes a cgroup `name` for the run, wherever that is permitted; `on_make` is told of each before it is
  /// made.
  Cgroups(const std::string& name, const std::vector<CgroupPlace>& places,
          const std::function<void(const std::filesystem::path&)>& on_make);
  /// Removes what is empty.
  ~Cgroups();
  Cgroups(const Cgroups&) = delete;
  Cgroups& operator=(const Cgroups&) = delete;

  [[nodiscard]] bool limits_memory() const;
  /// What is enforced, for people: "memory, CPUs and processes by cgroups"; empty: nothing.
  [[nodiscard]] std::string describe() const;

  /// Null where there is nothing that could be limited. The error names what failed.
  tl::expected<std::unique_ptr<Cgroup>, std::string> lend(const config::Limits& limits);
  /// Nothing may run in it any more.
  void take_back(std::unique_ptr<Cgroup> cgroup);

 private:
  using Key = std::tuple<std::int64_t, std::int64_t, std::int64_t>;
  tl::expected<std::unique_ptr<Cgroup>, std::string> make(const config::Limits& limits);

  std::vector<CgroupPlace> places_;  ///< the run's own
  std::mutex mutex_;                 // guards what follows
  std::map<Key, std::vector<std::unique_ptr<Cgroup>>> idle_;
  unsigned made_ = 0;
};

}  // namespace executor::instance
