// What a cgroup or a process uses, as the kernel's files tell it. It must not know what runs there, nor when
// it is asked.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

#include "executor/model/instance_life.h"

namespace executor::instance {

/// One look at something.
struct Reading {
  model::Usage now;
  model::Usage peak;     ///< as far as the kernel keeps it, and not below `now`
  bool is_over = false;  ///< nothing runs there any more: `now` is what is left of it
};

/// Something that can be asked what it uses, by one thread at a time.
class UsageSource {
 public:
  UsageSource() = default;
  UsageSource(const UsageSource&) = delete;
  UsageSource& operator=(const UsageSource&) = delete;
  virtual ~UsageSource() = default;

  /// Nothing: it has ended, or does not say within `patience`.
  virtual std::optional<Reading> read(std::chrono::milliseconds patience) = 0;
  [[nodiscard]] virtual model::MeasuredBy how() const = 0;
  /// Whether it is asked within microseconds, and never blocks.
  [[nodiscard]] virtual bool is_cheap() const { return true; }
};

/// A folder of cgroups(7) in which one thing is counted.
struct Counter {
  std::filesystem::path folder;
  bool unified = false;  ///< version 2
  bool operator==(const Counter&) const = default;
};

/// Where the use of one cgroup is counted. Version 1 may count each in a hierarchy of its own.
struct Counters {
  Counter memory;
  Counter cpu;
  Counter pids;
  Counter io;
  bool operator==(const Counters&) const = default;

  /// The same for another cgroup: `name` in the paths becomes `other`.
  [[nodiscard]] Counters renamed(const std::string& name, const std::string& other) const;
};

/// Where it is counted what the cgroup of a container uses: `mountinfo` is this process's (proc(5)),
/// `cgroups` is /proc/PID/cgroup of a process in it. Nothing if any of it is out of sight, or the path does
/// not name the container.
std::optional<Counters> find_counters(const std::string& mountinfo, const std::string& cgroups,
                                      const std::string& container);

/// A cgroup. Memory is what counts against the limit, page cache included.
class CgroupUsage final : public UsageSource {
 public:
  explicit CgroupUsage(const Counters& counters);
  std::optional<Reading> read(std::chrono::milliseconds patience) override;
  [[nodiscard]] model::MeasuredBy how() const override { return model::MeasuredBy::cgroup; }

 private:
  std::string memory_;
  std::string memory_peak_;
  std::string cpu_;
  std::string pids_;
  std::string pids_peak_;
  std::string io_;
};

/// A process without those that it starts; of its memory, what is resident. Its end must not have been waited
/// for (its number may be another's then).
class ProcessUsage final : public UsageSource {
 public:
  explicit ProcessUsage(pid_t pid);
  std::optional<Reading> read(std::chrono::milliseconds patience) override;
  [[nodiscard]] model::MeasuredBy how() const override { return model::MeasuredBy::process; }

 private:
  const std::string folder_;
};

}  // namespace executor::instance
