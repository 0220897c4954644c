// What a cgroup or a process uses, as the kernel's files tell it. It must not know what runs there, nor when
// it is asked.
#include "executor/instance/usage.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/fd.h"
#include "executor/instance/cgroup_mounts.h"

namespace executor::instance {
namespace {

constexpr std::int64_t kNanosecondsPerMicrosecond = 1000;
constexpr std::int64_t kNanosecondsPerSecond = 1'000'000'000;
constexpr std::int64_t kKibibyte = 1024;

/// A small file of the kernel's, in one read; nothing if it cannot be read.
class SmallFile {
 public:
  explicit SmallFile(const std::string& path) {
    const base::Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (fd) size_ = ::read(fd.get(), buffer_.data(), buffer_.size());
  }
  [[nodiscard]] bool is_read() const { return size_ > 0; }
  [[nodiscard]] std::string_view text() const {
    return {buffer_.data(), static_cast<std::size_t>(std::max<ssize_t>(size_, 0))};
  }

 private:
  std::array<char, 4096> buffer_;  // NOLINT(cppcoreguidelines-pro-type-member-init): read(2) fills it
  ssize_t size_ = -1;
};

std::optional<std::int64_t> leading_number(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return std::nullopt;
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data() + begin, text.data() + text.size(), value);
  return error == std::errc() ? std::optional(value) : std::nullopt;
}

/// The number behind `name`, wherever that first stands; 0 if it does not.
std::int64_t number_after(std::string_view text, std::string_view name) {
  const auto at = text.find(name);
  return at == std::string_view::npos ? 0 : leading_number(text.substr(at + name.size())).value_or(0);
}

/// All numbers behind `name`, in all lines.
std::int64_t sum_after(std::string_view text, std::string_view name) {
  std::int64_t sum = 0;
  for (auto at = text.find(name); at != std::string_view::npos; at = text.find(name, at + 1))
    sum += leading_number(text.substr(at + name.size())).value_or(0);
  return sum;
}

std::optional<std::int64_t> number_in(const std::string& path) {
  return path.empty() ? std::nullopt : leading_number(SmallFile(path).text());
}

/// The kernel keeps the peaks of some only since some version.
std::string if_there(const std::filesystem::path& file) {
  return ::access(file.c_str(), R_OK) == 0 ? file.string() : std::string();
}

bool names(const Counter& counter, const std::string& container) {
  return counter.folder.string().find(container) != std::string::npos &&
         ::access(counter.folder.c_str(), R_OK | X_OK) == 0;
}

}  // namespace

Counters Counters::renamed(const std::string& name, const std::string& other) const {
  auto copy = *this;
  for (auto* counter : {&copy.memory, &copy.cpu, &copy.pids, &copy.io}) {
    auto text = counter->folder.string();
    if (const auto at = text.find(name); at != std::string::npos) text.replace(at, name.size(), other);
    counter->folder = text;
  }
  return copy;
}

std::optional<Counters> find_counters(const std::string& mountinfo, const std::string& cgroups,
                                      const std::string& container) {
  Counters found;
  const auto mounts = read_cgroup_mounts(mountinfo);
  for (const auto& one : read_cgroup_memberships(cgroups)) {
    const auto mount =
        std::find_if(mounts.begin(), mounts.end(), [&one](const auto& at) { return one.is_in(at); });
    if (mount == mounts.end()) continue;
    const Counter counter{locate_cgroup(*mount, one.path), mount->unified};
    const auto counts = [&one](const char* name) {
      return std::find(one.controllers.begin(), one.controllers.end(), name) != one.controllers.end();
    };
    // A controller that has a hierarchy of version 1 is not in the unified one, and those come first in the
    // file, which ends with "0::".
    const auto note = [&](Counter& to, const char* name) {
      if (counts(name) || (counter.unified && to.folder.empty())) to = counter;
    };
    note(found.memory, "memory");
    note(found.cpu, "cpuacct");
    note(found.pids, "pids");
    note(found.io, "blkio");
  }
  for (const auto* counter : {&found.memory, &found.cpu, &found.pids, &found.io}) {
    if (!names(*counter, container)) return std::nullopt;
  }
  return found;
}

CgroupUsage::CgroupUsage(const Counters& counters)
    : memory_(counters.memory.folder /
              (counters.memory.unified ? "memory.current" : "memory.usage_in_bytes")),
      memory_peak_(if_there(counters.memory.folder /
                            (counters.memory.unified ? "memory.peak" : "memory.max_usage_in_bytes"))),
      cpu_(counters.cpu.folder / (counters.cpu.unified ? "cpu.stat" : "cpuacct.usage")),
      pids_(counters.pids.folder / "pids.current"),
      pids_peak_(if_there(counters.pids.folder / "pids.peak")),
      io_(counters.io.folder /
          (counters.io.unified ? "io.stat" : "blkio.throttle.io_service_bytes_recursive")) {}

std::optional<Reading> CgroupUsage::read(std::chrono::milliseconds /*patience*/) {
  const auto memory = number_in(memory_);
  const SmallFile cpu(cpu_);
  if (!memory || !cpu.is_read()) return std::nullopt;
  model::Usage now;
  now.memory = *memory;
  const auto plain = leading_number(cpu.text());
  now.cpu_nanoseconds = plain ? *plain : number_after(cpu.text(), "usage_usec ") * kNanosecondsPerMicrosecond;
  const auto pids = number_in(pids_);
  now.pids = pids.value_or(0);
  // "8:0 Read 4096" in version 1, "8:0 rbytes=4096 wbytes=0 …" in version 2.
  const SmallFile io(io_);
  now.read_bytes = sum_after(io.text(), " Read ") + sum_after(io.text(), " rbytes=");
  now.write_bytes = sum_after(io.text(), " Write ") + sum_after(io.text(), " wbytes=");
  auto peak = now;
  peak.memory = std::max(peak.memory, number_in(memory_peak_).value_or(0));
  peak.pids = std::max(peak.pids, number_in(pids_peak_).value_or(0));
  return Reading{now, peak, pids == 0};
}

ProcessUsage::ProcessUsage(pid_t pid) : folder_("/proc/" + std::to_string(pid)) {}

std::optional<Reading> ProcessUsage::read(std::chrono::milliseconds /*patience*/) {
  const SmallFile status(folder_ + "/status");
  model::Usage now;
  now.memory = number_after(status.text(), "\nVmRSS:") * kKibibyte;
  if (now.memory == 0) return std::nullopt;  // it has ended
  now.pids = number_after(status.text(), "\nThreads:");
  const SmallFile io(folder_ + "/io");
  now.read_bytes = number_after(io.text(), "\nread_bytes:");
  now.write_bytes = number_after(io.text(), "\nwrite_bytes:");
  // "12 (name) S 1 …": the name may hold anything; the times are the 12th and 13th word behind it.
  const SmallFile stat(folder_ + "/stat");
  auto rest = stat.text().substr(std::min(stat.text().size(), stat.text().rfind(')') + 1));
  std::int64_t ticks = 0;
  for (int word = 1; word <= 13 && !rest.empty(); ++word) {
    rest.remove_prefix(
        std::min(rest.size(), rest.find(' ') == std::string_view::npos ? rest.size() : rest.find(' ') + 1));
    if (word >= 12) ticks += leading_number(rest).value_or(0);
  }
  static const auto per_second = std::max<std::int64_t>(::sysconf(_SC_CLK_TCK), 1);
  now.cpu_nanoseconds = ticks * (kNanosecondsPerSecond / per_second);
  auto peak = now;
  peak.memory = std::max(peak.memory, number_after(status.text(), "\nVmHWM:") * kKibibyte);
  return Reading{now, peak, false};
}

}  // namespace executor::instance
