// Programs that a test runs.
#include "tests/support/process.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <stdexcept>
#include <utility>

namespace tests {
namespace {

[[noreturn]] void become(const std::vector<std::string>& command, const Process::Options& options) {
  if (!options.folder.empty() && ::chdir(options.folder.c_str()) != 0) ::_exit(126);
  // What a program prints must not depend on where its test runs.
  for (const auto* name : {"CI", "GITHUB_ACTIONS"}) ::unsetenv(name);
  for (const auto& [name, value] : options.environment) ::setenv(name.c_str(), value.c_str(), 1);
  std::vector<char*> words;
  for (const auto& word : command) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  ::execvp(words[0], words.data());
  ::_exit(127);
}

/// Reads what is there; closes at the end.
void drain(int& fd, std::string& into) {
  std::array<char, 65536> buffer;
  while (fd >= 0) {
    const auto n = ::read(fd, buffer.data(), buffer.size());
    if (n > 0) {
      into.append(buffer.data(), static_cast<std::size_t>(n));
    } else if (n < 0 && errno == EAGAIN) {
      return;
    } else {
      ::close(std::exchange(fd, -1));
    }
  }
}

}  // namespace

Process::Process(std::vector<std::string> command) : Process(std::move(command), Options()) {}

Process::Process(std::vector<std::string> command, Options options) {
  std::array<int, 2> out{};
  std::array<int, 2> err{};
  if (::pipe2(out.data(), O_CLOEXEC) != 0 || ::pipe2(err.data(), O_CLOEXEC) != 0)
    throw std::runtime_error("pipe2");
  pid_ = ::fork();
  if (pid_ == 0) {
    ::dup2(::open("/dev/null", O_RDONLY), 0);
    ::dup2(out[1], 1);
    ::dup2(err[1], 2);
    become(command, options);
  }
  ::close(out[1]);
  ::close(err[1]);
  out_ = out[0];
  err_ = err[0];
  ::fcntl(out_, F_SETFL, O_NONBLOCK);
  ::fcntl(err_, F_SETFL, O_NONBLOCK);
}

Process::~Process() {
  if (!reaped_) {
    ::kill(pid_, SIGKILL);
    reap(true);
  }
  if (out_ >= 0) ::close(out_);
  if (err_ >= 0) ::close(err_);
}

void Process::signal(int number) const {
  if (!reaped_) ::kill(pid_, number);
}

void Process::collect(std::chrono::milliseconds wait) {
  std::array<pollfd, 2> fds{{{out_, POLLIN, 0}, {err_, POLLIN, 0}}};
  ::poll(fds.data(), fds.size(), static_cast<int>(wait.count()));
  drain(out_, finished_.out);
  drain(err_, finished_.err);
}

bool Process::reap(bool block) {
  if (reaped_) return true;
  int status = 0;
  rusage usage{};
  if (::wait4(pid_, &status, block ? 0 : WNOHANG, &usage) != pid_) return false;
  reaped_ = true;
  finished_.exit_code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  finished_.peak_memory = static_cast<std::int64_t>(usage.ru_maxrss) * 1024;
  return true;
}

bool Process::wait_for(const std::string& where, const std::string& text, std::chrono::seconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (where.find(text) == std::string::npos) {
    if ((out_ < 0 && err_ < 0) || std::chrono::steady_clock::now() > deadline) return false;
    collect(std::chrono::milliseconds(100));
  }
  return true;
}

bool Process::wait_for_output(const std::string& text, std::chrono::seconds patience) {
  return wait_for(finished_.out, text, patience);
}

bool Process::wait_for_error(const std::string& text, std::chrono::seconds patience) {
  return wait_for(finished_.err, text, patience);
}

bool Process::wait_until_stopped(std::chrono::seconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  int status = 0;
  while (::waitpid(pid_, &status, WUNTRACED | WNOHANG) == 0) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    ::usleep(1000);
  }
  return WIFSTOPPED(status);
}

bool Process::wait_until_ended(std::chrono::seconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (!reap(false)) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    ::usleep(1000);
  }
  return true;
}

void Process::close_output() {
  if (out_ >= 0) ::close(std::exchange(out_, -1));
}

Finished Process::finish(std::chrono::seconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  bool killed = false;
  while ((out_ >= 0 || err_ >= 0) && !killed) {
    collect(std::chrono::milliseconds(100));
    if (std::chrono::steady_clock::now() < deadline) continue;
    ::kill(pid_, SIGKILL);
    killed = true;
  }
  reap(true);
  return finished_;
}

Finished run(std::vector<std::string> command, Process::Options options, std::chrono::seconds patience) {
  return Process(std::move(command), std::move(options)).finish(patience);
}

int free_port() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  ::close(fd);
  return ntohs(address.sin_port);
}

}  // namespace tests
