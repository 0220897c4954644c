// The processes that descend from this one: those that were started on purpose, and those that these left. It
// must not know what any of them does.
#include "executor/track/children.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <optional>
#include <tuple>

#include "base/fd.h"
#include "base/wait.h"
#include "executor/track/proc.h"

namespace executor::track {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

/// So long one end of many is waited for, before all of them are looked at again.
constexpr auto kOneWait = 100ms;

void append_numbers(const std::string& text, std::vector<pid_t>& into) {
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at < end) {
    pid_t pid = 0;
    const auto [next, error] = std::from_chars(at, end, pid);
    if (error == std::errc()) into.push_back(pid);
    at = std::max(next, at) + 1;
  }
}

/// A child belongs to the thread that started it, an orphan to any: all lists make one (proc(5), children).
std::optional<std::vector<pid_t>> listed_children() {
  std::vector<pid_t> pids;
  std::error_code error;
  for (fs::directory_iterator it("/proc/self/task", error), end; !error && it != end; it.increment(error)) {
    const auto text = read_proc(it->path() / "children");
    if (!text) return std::nullopt;  // the kernel is built without it
    append_numbers(*text, pids);
  }
  return pids;
}

std::vector<pid_t> children() {
  if (auto pids = listed_children()) return std::move(*pids);
  auto pids = all_pids();
  std::erase_if(pids, [self = ::getpid()](pid_t pid) { return parent_of(pid) != self; });
  return pids;
}

/// Whether its end has been waited for with this.
bool reap(pid_t pid) {
  siginfo_t info{};
  return ::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG) == 0 && info.si_pid == pid;
}

void wait_for_end(pid_t pid, const base::Deadline& deadline) {
  const base::Fd fd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  if (fd) base::wait_for(fd.get(), POLLIN, std::min(deadline, base::Deadline::in(kOneWait)), {});
}

}  // namespace

Children::Children() {
  int value = 0;
  ::prctl(PR_GET_CHILD_SUBREAPER, &value);
  was_subreaper_ = value != 0;
  ::prctl(PR_SET_CHILD_SUBREAPER, 1UL);
  const auto there = children();
  before_.insert(there.begin(), there.end());
}

Children::~Children() {
  ::prctl(PR_SET_CHILD_SUBREAPER, was_subreaper_ ? 1UL : 0UL);
}

pid_t Children::start(const std::function<pid_t()>& make) {
  const std::lock_guard lock(mutex_);
  const auto pid = make();
  if (pid > 0) started_.insert(pid);
  return pid;
}

void Children::forget(pid_t pid) {
  const std::lock_guard lock(mutex_);
  started_.erase(pid);
}

/// Lives still, and is chosen; what has ended is waited for on the way. With the lock held, so that a pid is
/// that of a child of ours until its end is taken here.
std::vector<pid_t> Children::strays(const Choice& choice) {
  auto pids = children();
  std::erase_if(pids, [&](pid_t pid) {
    return before_.contains(pid) || started_.contains(pid) || reap(pid) || !choice(pid);
  });
  for (const auto pid : pids) ::kill(pid, SIGKILL);
  return pids;
}

std::vector<pid_t> Children::end(const Choice& choice, const base::Deadline& deadline) {
  while (true) {
    std::vector<pid_t> left;
    {
      const std::lock_guard lock(mutex_);
      left = strays(choice);
    }
    if (left.empty() || deadline.passed()) return left;
    wait_for_end(left.front(), deadline);
  }
}

bool Children::is_of(pid_t pid, const Kin& kin) const {
  if (kin.session > 0 && ::getsid(pid) == kin.session) return true;
  return started_.empty() || (!kin.marker.empty() && variable_of(pid, kInstanceVariable) == kin.marker);
}

bool Children::kill_strays(const Kin& kin) {
  const std::lock_guard lock(mutex_);
  return !strays([&](pid_t pid) { return is_of(pid, kin); }).empty();
}

std::vector<pid_t> Children::end_strays(const Kin& kin, const base::Deadline& deadline) {
  return end([&](pid_t pid) { return is_of(pid, kin); }, deadline);
}

void Children::kill_all() {
  const std::lock_guard lock(mutex_);
  for (const auto pid : started_) {
    ::kill(-pid, SIGKILL);
    ::kill(pid, SIGKILL);
  }
}

std::vector<pid_t> Children::end_all(const base::Deadline& deadline) {
  kill_all();
  return end([](pid_t) { return true; }, deadline);
}

std::string variable_of(pid_t pid, const std::string& name) {
  const auto environ = read_proc(fmt::format("/proc/{}/environ", pid));
  if (!environ) return {};
  const auto wanted = name + "=";
  for (std::size_t at = 0; at < environ->size();) {
    const auto end = std::min(environ->find('\0', at), environ->size());
    if (environ->compare(at, wanted.size(), wanted) == 0)
      return environ->substr(at + wanted.size(), end - at - wanted.size());
    at = end + 1;
  }
  return {};
}

}  // namespace executor::track
