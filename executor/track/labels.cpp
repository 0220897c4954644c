// The labels by which the engine itself is the record of what belongs to which run. The names are relied on
// outside of cexec: they must not change.
#include "executor/track/labels.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

namespace executor::track {
namespace {

std::string first_line(const char* path) {
  std::string line;
  std::ifstream file(path);
  std::getline(file, line);
  return line;
}

/// The command's name, in parentheses, may hold anything: count fields from behind it.
std::uint64_t start_time_of_self() {
  const auto stat = first_line("/proc/self/stat");
  const auto name_end = stat.rfind(')');
  if (name_end == std::string::npos) return 0;
  std::istringstream rest(stat.substr(name_end + 1));
  std::string field;
  for (int i = 3; i < 22; ++i) rest >> field;
  std::uint64_t ticks = 0;
  rest >> ticks;
  return ticks;
}

}  // namespace

std::string Owner::text() const {
  return fmt::format("{}:{}:{}:{}", boot_id, pid_namespace, pid, start_time);
}

Owner current_owner() {
  Owner owner;
  owner.boot_id = first_line("/proc/sys/kernel/random/boot_id");
  struct stat status {};
  if (::stat("/proc/self/ns/pid", &status) == 0) owner.pid_namespace = status.st_ino;
  owner.pid = ::getpid();
  owner.start_time = start_time_of_self();
  return owner;
}

}  // namespace executor::track
