// Looking into the containers of a case that has failed, while they are kept: telling how, and opening a
// shell beside one of them. It must not know why the case failed.
#include "executor/cli/look_inside.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <iostream>
#include <optional>

#include "docker/attach.h"
#include "docker/container_lifecycle.h"
#include "docker/images.h"
#include "executor/cli/setup.h"
#include "executor/track/tracker.h"

namespace executor::cli {
namespace {

using namespace std::chrono_literals;
using Live = schedule::FailedCase::Live;

constexpr auto kLookTime = 60s;
constexpr auto kPullTime = 600s;
constexpr int kSliceMs = 200;

docker::Call patient(const std::stop_token& stop) {
  return {base::Deadline::in(kLookTime), stop};
}

/// The user's terminal without line editing and echo, while a shell inside has it.
class RawTerminal {
 public:
  RawTerminal() {
    if (::isatty(STDIN_FILENO) == 0 || ::tcgetattr(STDIN_FILENO, &before_) != 0) return;
    auto raw = before_;
    ::cfmakeraw(&raw);
    is_raw_ = ::tcsetattr(STDIN_FILENO, TCSANOW, &raw) == 0;
  }
  ~RawTerminal() {
    if (is_raw_) ::tcsetattr(STDIN_FILENO, TCSANOW, &before_);
  }
  RawTerminal(const RawTerminal&) = delete;
  RawTerminal& operator=(const RawTerminal&) = delete;
  [[nodiscard]] bool is_raw() const { return is_raw_; }

 private:
  termios before_{};
  bool is_raw_ = false;
};

bool is_terminal() {
  return ::isatty(STDIN_FILENO) != 0 && ::isatty(STDOUT_FILENO) != 0;
}

/// Root within the container's own namespaces, with what it takes to read another's /proc; nothing more.
docker::ContainerSpec shell_spec(const std::string& image, const std::string& container, bool tty) {
  docker::ContainerSpec spec;
  spec.image = image;
  spec.entrypoint = {"/bin/sh"};
  spec.user = "0:0";
  spec.tty = tty;
  spec.open_stdin = true;
  spec.no_healthcheck = true;
  spec.host.network_mode = "container:" + container;
  spec.host.pid_mode = "container:" + container;
  spec.host.ipc_mode = "container:" + container;
  spec.host.cap_drop = {"ALL"};
  spec.host.cap_add = {"SYS_PTRACE", "DAC_OVERRIDE", "DAC_READ_SEARCH", "KILL"};
  spec.host.security_opt = {"no-new-privileges"};
  spec.host.cgroupns_mode = "private";
  spec.host.log_driver = "none";
  return spec;
}

/// Passes bytes between the user and the shell until it ends.
class Session {
 public:
  Session(const docker::Client& client, std::string container, docker::Terminal terminal, bool tty,
          std::stop_token stop)
      : client_(client),
        container_(std::move(container)),
        terminal_(std::move(terminal)),
        tty_(tty),
        stop_(std::move(stop)) {}

  void run() {
    show(std::exchange(terminal_.first_bytes, {}));
    bool reads_stdin = true;
    while (!stop_.stop_requested()) {
      if (tty_) follow_size();
      std::array<pollfd, 2> fds{
          {{terminal_.connection->fd(), POLLIN, 0}, {reads_stdin ? STDIN_FILENO : -1, POLLIN, 0}}};
      ::poll(fds.data(), fds.size(), kSliceMs);
      if (fds[1].revents != 0) reads_stdin = pass_on();
      if (!take()) return;
    }
  }

 private:
  /// Looked at again and again: SIGWINCH would need a thread that meets it.
  void follow_size() {
    winsize size{};
    if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) return;
    if (size.ws_row == size_.ws_row && size.ws_col == size_.ws_col) return;
    size_ = size;
    std::ignore = docker::resize_terminal(client_, container_, size.ws_row, size.ws_col, patient(stop_));
  }

  bool pass_on() {
    std::array<char, 4096> buffer{};
    const auto n = ::read(STDIN_FILENO, buffer.data(), buffer.size());
    if (n <= 0) {
      terminal_.connection->close_write();
      return false;
    }
    std::string_view bytes(buffer.data(), static_cast<std::size_t>(n));
    while (!bytes.empty() && !stop_.stop_requested()) {
      const auto io = terminal_.connection->write_some(bytes);
      if (io.state == docker::Connection::State::ok) bytes.remove_prefix(io.bytes);
      if (io.state == docker::Connection::State::ended || io.state == docker::Connection::State::failed)
        return false;
      pollfd writable{terminal_.connection->fd(), POLLOUT, 0};
      if (io.state == docker::Connection::State::would_block) ::poll(&writable, 1, kSliceMs);
    }
    return true;
  }

  /// False once the shell has ended.
  bool take() {
    std::array<char, 65536> buffer{};
    while (true) {
      const auto io = terminal_.connection->read_some(buffer);
      if (io.state == docker::Connection::State::would_block) return true;
      if (io.state != docker::Connection::State::ok) return false;
      if (!show({buffer.data(), io.bytes})) return false;
    }
  }

  bool show(std::string_view bytes) {
    const auto put = [](docker::StdStream which, std::string_view text) {
      auto& out = which == docker::StdStream::out ? std::cout : std::cerr;
      out << text << std::flush;
    };
    if (!tty_) return demux_.feed(bytes, put);
    put(docker::StdStream::out, bytes);
    return true;
  }

  const docker::Client& client_;
  const std::string container_;
  docker::Terminal terminal_;
  const bool tty_;
  const std::stop_token stop_;
  winsize size_{};  ///< that the shell's terminal has
  docker::Demux demux_;
};

/// Empty, or what went wrong.
std::string get_image(const docker::Client& client, const std::string& name, const std::stop_token& stop) {
  if (docker::inspect_image(client, name, patient(stop))) return {};
  auto reference = docker::parse_image_reference(name);
  if (!reference) return reference.error().message;
  if (reference->tag.empty() && reference->digest.empty()) reference->tag = "latest";
  std::cout << "pulling " << reference->text() << std::endl;
  const auto pulled = docker::pull_image(client, *reference, {}, {base::Deadline::in(kPullTime), stop});
  return pulled ? std::string() : pulled.error().describe();
}

void run_shell(const docker::Client& client, const LookInside& wish, const Live& live,
               const std::stop_token& stop) {
  if (const auto wrong = get_image(client, wish.debug_image, stop); !wrong.empty()) {
    return complain("no shell: " + wrong, "--debug-image names an image that is there");
  }
  const bool tty = is_terminal();
  track::Tracker tracker(client, wish.run, track::current_owner(), "shell");
  const auto created = tracker.create_container(shell_spec(wish.debug_image, live.container, tty),
                                                {model::CaseId("shell"), live.process}, patient(stop));
  if (!created) return complain("no shell: " + created.error().describe());
  auto terminal = docker::attach_terminal(client, created->id, patient(stop));
  const auto started = terminal ? docker::start_container(client, created->id, patient(stop))
                                : docker::Result<void>(tl::unexpected(terminal.error()));
  if (started) {
    const RawTerminal raw;
    Session(client, created->id, std::move(*terminal), tty, stop).run();
  } else {
    complain("no shell: " + started.error().describe());
  }
  std::ignore = tracker.remove_container(created->id);
}

/// Until a line, or its end where it is no terminal's, comes; a stdin that is at its end from the start says
/// nothing, so that only a signal ends the wait.
void wait_for_enter(const std::stop_token& stop) {
  bool is_open = true;
  while (!stop.stop_requested()) {
    pollfd in{is_open ? STDIN_FILENO : -1, POLLIN, 0};
    ::poll(&in, 1, kSliceMs);
    if (in.revents == 0) continue;
    std::array<char, 256> line{};
    const auto n = ::read(STDIN_FILENO, line.data(), line.size());
    if (n > 0) return;
    is_open = false;
  }
}

}  // namespace

void look_inside(const docker::Client& client, const LookInside& wish, const schedule::FailedCase& failed) {
  std::cout << "\nit has failed; its containers are kept\n";
  const Live* wanted = nullptr;
  for (const auto& live : failed.live) {
    std::cout << fmt::format("  {} = {}: container {}\n", live.process.text(), live.platform.text(),
                             live.container.substr(0, 12));
    std::cout << fmt::format("    its processes: docker top {}\n", live.container.substr(0, 12));
    std::cout << fmt::format("    a shell in it: docker exec -it {} sh\n", live.container.substr(0, 12));
    if (live.process.text() == wish.shell) wanted = &live;
  }
  if (failed.live.empty()) std::cout << "  none of its servers lives any more\n";
  if (wish.shell.empty()) {
    std::cout << "Enter, or Ctrl-C, ends it and removes them" << std::endl;
    return wait_for_enter(failed.stop);
  }
  if (wanted == nullptr || wanted->container.empty()) {
    return complain(fmt::format("no shell: the '{}' process does not live any more", wish.shell));
  }
  std::cout << fmt::format(
                   "a shell beside '{}': process 1 is its server, /proc/1/root has its files\n"
                   "exit, or Ctrl-D, ends it and removes them\n",
                   wish.shell)
            << std::flush;
  run_shell(client, wish, *wanted, failed.stop);
}

}  // namespace executor::cli
