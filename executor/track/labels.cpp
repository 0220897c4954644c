// The labels by which the engine itself is the record of what belongs to which run. The names are relied on
// outside of cexec: they must not change.
#include "executor/track/labels.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <charconv>
#include <fstream>

#include "executor/track/liveness.h"

namespace executor::track {
namespace {

std::string first_line(const char* path) {
  std::string line;
  std::ifstream file(path);
  std::getline(file, line);
  return line;
}

/// The number behind the last ':' of `text`, which is cut off.
template <class Number>
bool take_number(std::string_view& text, Number& into) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return false;
  const auto digits = text.substr(colon + 1);
  text = text.substr(0, colon);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), into);
  return error == std::errc() && end == digits.data() + digits.size();
}

}  // namespace

std::string Owner::text() const {
  return fmt::format("{}:{}:{}:{}", boot_id, pid_namespace, pid, start_time);
}

std::optional<Owner> parse_owner(std::string_view text) {
  Owner owner;
  if (!take_number(text, owner.start_time) || !take_number(text, owner.pid) ||
      !take_number(text, owner.pid_namespace) || text.empty()) {
    return std::nullopt;
  }
  owner.boot_id = text;
  return owner;
}

std::string machine_id() {
  return first_line("/etc/machine-id");
}

Owner current_owner() {
  Owner owner;
  owner.boot_id = first_line("/proc/sys/kernel/random/boot_id");
  struct stat status {};
  if (::stat("/proc/self/ns/pid", &status) == 0) owner.pid_namespace = status.st_ino;
  owner.pid = ::getpid();
  owner.start_time = start_time_of("/proc/self/stat");
  return owner;
}

}  // namespace executor::track
