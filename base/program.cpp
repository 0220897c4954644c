// Running another program to its end: what it is told on stdin, what it says. It must not know which program
// it is, nor why it is asked.
#include "base/program.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <tuple>

#include "base/fd.h"

extern char** environ;  // NOLINT(readability-redundant-declaration): POSIX leaves it to the program

namespace base {
namespace {

constexpr std::size_t kMostOutput = std::size_t{1} << 20U;
/// How soon a stop is noticed.
constexpr milliseconds kSlice{200};

std::string reason(int code) {
  return std::generic_category().message(code);
}

/// The end of a stream that we hold, and the one that the program gets.
struct Stream {
  Fd ours;
  Fd theirs;
};

/// A socket and no pipe: writing to a program that has gone must not raise SIGPIPE.
bool open_stream(Stream& stream) {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) return false;
  stream.ours.reset(ends[0]);
  stream.theirs.reset(ends[1]);
  return ::fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0;
}

/// Frees what posix_spawn(3) wants prepared.
struct SpawnSettings {
  SpawnSettings() {
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
  }
  ~SpawnSettings() {
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
  }
  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;

  posix_spawn_file_actions_t actions{};
  posix_spawnattr_t attributes{};
};

class Program {
 public:
  ~Program() {
    if (pid_ > 0) {
      ::kill(pid_, SIGKILL);
      std::ignore = reap();
    }
  }

  /// 0, or an errno.
  int start(const std::vector<std::string>& command) {
    if (!open_stream(in_) || !open_stream(out_) || !open_stream(err_)) return errno;
    SpawnSettings settings;
    posix_spawn_file_actions_adddup2(&settings.actions, in_.theirs.get(), 0);
    posix_spawn_file_actions_adddup2(&settings.actions, out_.theirs.get(), 1);
    posix_spawn_file_actions_adddup2(&settings.actions, err_.theirs.get(), 2);
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&settings.attributes, &none);
    posix_spawnattr_setsigdefault(&settings.attributes, &all);
    posix_spawnattr_setflags(&settings.attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    std::vector<char*> words;
    for (const auto& word : command) words.push_back(const_cast<char*>(word.c_str()));
    words.push_back(nullptr);
    const int code =
        ::posix_spawnp(&pid_, words[0], &settings.actions, &settings.attributes, words.data(), environ);
    if (code != 0) pid_ = -1;
    for (auto* stream : {&in_, &out_, &err_}) stream->theirs.reset();
    return code;
  }

  /// Empty once all output has ended; else why it was given up.
  std::string converse(std::string_view input, const Deadline& deadline, const std::stop_token& stop) {
    while (out_.ours || err_.ours) {
      if (stop.stop_requested()) return "was stopped";
      if (deadline.passed()) return "took too long";
      give(input);
      std::array<pollfd, 3> fds{
          {{in_.ours.get(), POLLOUT, 0}, {out_.ours.get(), POLLIN, 0}, {err_.ours.get(), POLLIN, 0}}};
      const auto slice = std::min(deadline.left(), kSlice);
      ::poll(fds.data(), fds.size(), static_cast<int>(slice.count()));
      take(out_.ours, result_.out);
      take(err_.ours, result_.err);
    }
    return {};
  }

  ProgramResult finish() {
    const int status = reap();
    result_.exit_code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    return std::move(result_);
  }

 private:
  void give(std::string_view& input) {
    while (in_.ours && !input.empty()) {
      const auto n = ::send(in_.ours.get(), input.data(), input.size(), MSG_NOSIGNAL);
      if (n < 0 && errno == EAGAIN) return;
      if (n < 0) input = {};  // it does not want it
      if (n > 0) input.remove_prefix(static_cast<std::size_t>(n));
    }
    in_.ours.reset();
  }

  static void take(Fd& fd, std::string& into) {
    std::array<char, 65536> buffer{};
    while (fd) {
      const auto n = ::recv(fd.get(), buffer.data(), buffer.size(), 0);
      if (n < 0 && errno == EAGAIN) return;
      if (n <= 0) return fd.reset();
      into.append(buffer.data(), std::min(static_cast<std::size_t>(n), kMostOutput - into.size()));
    }
  }

  int reap() {
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
    return status;
  }

  pid_t pid_ = -1;
  Stream in_;
  Stream out_;
  Stream err_;
  ProgramResult result_;
};

}  // namespace

tl::expected<ProgramResult, std::string> run_program(const std::vector<std::string>& command,
                                                     std::string_view input, const Deadline& deadline,
                                                     const std::stop_token& stop) {
  Program program;
  if (const int code = program.start(command); code != 0) {
    return tl::unexpected("cannot be started: " + reason(code));
  }
  if (auto problem = program.converse(input, deadline, stop); !problem.empty()) {
    return tl::unexpected(std::move(problem));
  }
  return program.finish();
}

}  // namespace base
