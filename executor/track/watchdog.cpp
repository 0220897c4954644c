// A process beside a run that outlives it where it dies, and removes what it had made. It must not know how.
#include "executor/track/watchdog.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string>
#include <string_view>
#include <tuple>

namespace executor::track {
namespace {

constexpr const char* kReleased = "released";

struct Pipe {
  bool open() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return false;
    read.reset(ends[0]);
    write.reset(ends[1]);
    return true;
  }
  base::Fd read;
  base::Fd write;
};

/// A GitHub runner ends, at the end of a job, every process in whose environment it finds this. What ps and
/// proc(5) show is the memory that the variables stood in when the program began: they have to go there.
void forget_runner() {
  constexpr std::string_view kTracking = "RUNNER_TRACKING_ID=";
  for (char** variable = environ; *variable != nullptr; ++variable) {
    if (std::string_view(*variable).starts_with(kTracking))
      std::memset(*variable, '-', std::strlen(*variable));
  }
}

/// Whoever reads our output is to see its end when the owner ends, not when we do.
void let_go_of_descriptors(int keep) {
  const int nothing = ::open("/dev/null", O_RDWR);
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) ::dup2(nothing, fd);
  ::dup2(keep, STDERR_FILENO + 1);
  ::close_range(STDERR_FILENO + 2, ~0U, 0);
}

void ignore_requests_to_end() {
  for (const int number : {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGPIPE, SIGTSTP, SIGUSR1, SIGUSR2}) {
    std::ignore = ::signal(number, SIG_IGN);
  }
}

/// Blocks until the pipe's other end is closed; returns the last line that came through it.
std::string last_line_from(int pipe) {
  std::string text;
  std::array<char, 256> part{};
  while (true) {
    const auto count = ::read(pipe, part.data(), part.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    text.append(part.data(), static_cast<std::size_t>(count));
  }
  if (text.ends_with('\n')) text.pop_back();
  return text.substr(text.rfind('\n') + 1);
}

[[noreturn]] void live(int pipe, int ready, const std::function<void(const model::RunId&)>& clean_up) {
  ignore_requests_to_end();
  ::setsid();
  ::prctl(PR_SET_NAME, "cexec-watchdog");
  forget_runner();
  std::ignore = ::write(ready, "", 1);
  let_go_of_descriptors(pipe);
  const auto last = last_line_from(STDERR_FILENO + 1);
  if (last.empty() || last == kReleased) ::_exit(0);
  try {
    clean_up(model::RunId(last));
  } catch (...) {
    ::_exit(1);  // nobody is left to be told
  }
  ::_exit(0);
}

}  // namespace

std::unique_ptr<Watchdog> Watchdog::start(const std::function<void(const model::RunId& run)>& clean_up) {
  Pipe life;
  Pipe ready;
  if (!life.open() || !ready.open()) return nullptr;
  const pid_t pid = ::fork();
  if (pid < 0) return nullptr;
  if (pid == 0) {
    life.write.reset();
    live(life.read.get(), ready.write.get(), clean_up);
  }
  // From here on nothing that is meant for us alone reaches it.
  ready.write.reset();
  char byte = 0;
  while (::read(ready.read.get(), &byte, 1) < 0 && errno == EINTR) continue;
  return std::unique_ptr<Watchdog>(new Watchdog(pid, std::move(life.write)));
}

Watchdog::~Watchdog() {
  pipe_.reset();
  if (is_needed_) return;
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) continue;
}

void Watchdog::watch(const model::RunId& run) {
  is_needed_ = true;
  tell(run.text());
}

void Watchdog::release() {
  tell(kReleased);
  is_needed_ = false;
}

/// One write of few bytes: whole or not at all. Where the watchdog is dead there is nobody to tell.
void Watchdog::tell(const std::string& line) const {
  const auto text = line + "\n";
  while (::write(pipe_.get(), text.data(), text.size()) < 0 && errno == EINTR) continue;
}

}  // namespace executor::track
