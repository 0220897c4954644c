// A program on a terminal of its own: what it shows is kept, and a test types and resizes.
#include "tests/support/terminal.h"

#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <utmp.h>

#include <array>
#include <cstdlib>
#include <stdexcept>

namespace tests {

Terminal::Terminal(std::vector<std::string> command, const std::filesystem::path& folder, int rows,
                   int columns) {
  winsize size{};
  size.ws_row = static_cast<unsigned short>(rows);
  size.ws_col = static_cast<unsigned short>(columns);
  if (::openpty(&master_, &slave_, nullptr, nullptr, &size) != 0) throw std::runtime_error("no terminal");
  pid_ = ::fork();
  if (pid_ != 0) return;
  ::close(master_);
  ::login_tty(slave_);
  ::setenv("TERM", "xterm", 1);
  if (::chdir(folder.c_str()) != 0) ::_exit(126);
  std::vector<char*> words;
  for (auto& word : command) words.push_back(word.data());
  words.push_back(nullptr);
  ::execvp(words[0], words.data());
  ::_exit(127);
}

Terminal::~Terminal() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  ::close(master_);
  ::close(slave_);
}

void Terminal::type(const std::string& keys) const {
  if (::write(master_, keys.data(), keys.size()) != static_cast<ssize_t>(keys.size()))
    throw std::runtime_error("the terminal takes no keys");
}

void Terminal::resize(int rows, int columns) const {
  winsize size{};
  size.ws_row = static_cast<unsigned short>(rows);
  size.ws_col = static_cast<unsigned short>(columns);
  ::ioctl(master_, TIOCSWINSZ, &size);
}

bool Terminal::is_cooked() const {
  termios now{};
  return ::tcgetattr(slave_, &now) == 0 && (now.c_lflag & ICANON) != 0 && (now.c_lflag & ECHO) != 0;
}

/// False once nothing has come for a while.
bool Terminal::collect() {
  pollfd readable{master_, POLLIN, 0};
  if (::poll(&readable, 1, 100) <= 0) return false;
  std::array<char, 4096> buffer{};
  const auto n = ::read(master_, buffer.data(), buffer.size());
  if (n <= 0) return false;
  shown_.append(buffer.data(), static_cast<std::size_t>(n));
  return true;
}

bool Terminal::wait_for(const std::string& text, std::chrono::seconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (true) {
    const auto found = shown_.find(text, seen_);
    if (found != std::string::npos) {
      seen_ = found + text.size();
      return true;
    }
    siginfo_t ended{};
    ::waitid(P_PID, static_cast<id_t>(pid_), &ended, WEXITED | WNOHANG | WNOWAIT);
    if (std::chrono::steady_clock::now() > deadline) return false;
    if (!collect() && ended.si_pid != 0) return false;
  }
}

int Terminal::finish(std::chrono::seconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  int status = 0;
  while (::waitpid(pid_, &status, WNOHANG) == 0) {
    if (std::chrono::steady_clock::now() > deadline) ::kill(pid_, SIGKILL);
    collect();
  }
  pid_ = -1;
  while (collect()) continue;
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace tests
