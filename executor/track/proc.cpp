// What proc(5) tells of processes. Internal to track/.
#include "executor/track/proc.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <charconv>

#include "base/fd.h"

namespace executor::track {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMost = std::size_t{1} << 20U;

/// The stat file from behind the command's name, which may hold anything: " S 1 …".
std::string stat_of(pid_t pid) {
  const auto text = read_proc(fmt::format("/proc/{}/stat", pid));
  if (!text) return {};
  const auto end = text->rfind(')');
  return end == std::string::npos ? std::string() : text->substr(end + 1);
}

}  // namespace

std::optional<std::string> read_proc(const fs::path& file) {
  const base::Fd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return std::nullopt;
  std::string text;
  std::array<char, 4096> part{};
  while (text.size() < kMost) {
    const auto count = ::read(fd.get(), part.data(), part.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return std::nullopt;
    if (count == 0) break;
    text.append(part.data(), static_cast<std::size_t>(count));
  }
  return text;
}

std::vector<pid_t> all_pids() {
  std::vector<pid_t> pids;
  std::error_code error;
  for (fs::directory_iterator it("/proc", error), end; !error && it != end; it.increment(error)) {
    const auto name = it->path().filename().string();
    pid_t pid = 0;
    const auto [rest, wrong] = std::from_chars(name.data(), name.data() + name.size(), pid);
    if (wrong == std::errc() && rest == name.data() + name.size()) pids.push_back(pid);
  }
  return pids;
}

pid_t parent_of(pid_t pid) {
  const auto stat = stat_of(pid);
  if (stat.size() < 4) return 0;
  pid_t parent = 0;
  std::from_chars(stat.data() + 3, stat.data() + stat.size(), parent);
  return parent;
}

bool has_ended(pid_t pid) {
  const auto stat = stat_of(pid);
  return stat.size() < 2 || stat[1] == 'Z' || stat[1] == 'X';
}

std::string name_of_process(pid_t pid) {
  auto name = read_proc(fmt::format("/proc/{}/comm", pid)).value_or("");
  if (name.ends_with('\n')) name.pop_back();
  return name;
}

}  // namespace executor::track
