// Whether the cexec that made something still lives. It must not know the engine.
#include "executor/track/liveness.h"

#include <sys/stat.h>

#include <fstream>
#include <sstream>
#include <system_error>
#include <vector>

namespace executor::track {
namespace {

namespace fs = std::filesystem;

/// Of the first PID namespace, in which all processes are seen (linux/proc_ns.h).
constexpr std::uint64_t kInitialNamespace = 0xEFFFFFFC;

/// The pids of a process, from our namespace's to that of its own; one only if that is the same.
std::vector<std::int64_t> pids_of(const fs::path& process) {
  std::vector<std::int64_t> pids;
  std::ifstream status(process / "status");
  for (std::string line; std::getline(status, line);) {
    if (!line.starts_with("NSpid:")) continue;
    std::istringstream numbers(line.substr(6));
    for (std::int64_t pid = 0; numbers >> pid;) pids.push_back(pid);
    break;
  }
  return pids;
}

bool is_number(const std::string& name) {
  return name.find_first_not_of("0123456789") == std::string::npos;
}

}  // namespace

std::string_view name_of(Liveness liveness) {
  switch (liveness) {
    case Liveness::alive: return "alive";
    case Liveness::dead: return "dead";
    case Liveness::unknown: return "unknown";
  }
  return "unknown";
}

/// The command's name, in parentheses, may hold anything: fields are counted from behind it.
std::uint64_t start_time_of(const fs::path& stat_file) {
  std::string stat;
  std::ifstream file(stat_file);
  std::getline(file, stat, '\0');
  const auto name_end = stat.rfind(')');
  if (name_end == std::string::npos) return 0;
  std::istringstream rest(stat.substr(name_end + 1));
  std::string field;
  for (int i = 3; i < 22; ++i) rest >> field;
  std::uint64_t ticks = 0;
  rest >> ticks;
  return ticks;
}

Liveness LivenessCheck::of(const std::string& owner, const std::string& machine) const {
  const auto who = parse_owner(owner);
  if (!who) return Liveness::unknown;
  if (who->boot_id != self_.boot_id) {
    return !machine_.empty() && machine == machine_ ? Liveness::dead : Liveness::unknown;
  }
  if (who->pid_namespace != self_.pid_namespace) return in_other_namespace(*who);
  const auto started = start_time_of(proc_ / std::to_string(who->pid) / "stat");
  return started == who->start_time ? Liveness::alive : Liveness::dead;
}

/// From the first namespace all processes are seen, also by the pid that they have in theirs, unless /proc
/// hides those of other users. Where it does not show whose namespace it is, a process that looks like the
/// owner is it.
Liveness LivenessCheck::in_other_namespace(const Owner& owner) const {
  if (self_.pid_namespace != kInitialNamespace || pids_of(proc_ / "1").empty()) return Liveness::unknown;
  std::error_code error;
  for (fs::directory_iterator it(proc_, error), end; !error && it != end; it.increment(error)) {
    if (!is_number(it->path().filename().string())) continue;
    const auto pids = pids_of(it->path());
    if (pids.size() < 2 || pids.back() != owner.pid) continue;
    struct stat status {};
    const bool is_told = ::stat((it->path() / "ns/pid").c_str(), &status) == 0;
    if (is_told && status.st_ino != owner.pid_namespace) continue;
    if (start_time_of(it->path() / "stat") == owner.start_time) return Liveness::alive;
  }
  return error ? Liveness::unknown : Liveness::dead;
}

}  // namespace executor::track
