// A proxy before an engine's unix socket that sees every request and can spoil it: what a real engine does
// only on its worst days, and the trigger for whatever a test wants to happen at that very moment.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/fd.h"
#include "tests/support/temp_folder.h"

namespace tests {

/// What becomes of one request and its answer. The default is nothing unusual.
struct Treatment {
  static constexpr std::size_t kNever = SIZE_MAX;

  std::chrono::milliseconds delay{0};  ///< before it is passed on, also if its sender is gone by then
  bool is_dropped = false;             ///< it never reaches the engine; the connection is cut
  std::string answer;                  ///< whole bytes of an answer that the engine is not asked for
  std::size_t cut_after = kNever;      ///< bytes of the answer, its head included; then the connection is cut
  std::size_t stall_after = kNever;    ///< the same; then nothing more is passed on
  std::size_t piece = kNever;          ///< bytes for each write of the answer
  std::function<void()> when_sent;     ///< called once the engine has it
};

/// A whole answer with the engine's form of an error.
std::string refusal_bytes(int status, std::string_view message);

/// Listens on a socket of its own until destroyed. The hooks are called on the connections' threads.
class FaultProxy {
 public:
  struct Hooks {
    /// `request` is like "POST /v1.41/containers/x/start".
    std::function<Treatment(const std::string& request)> on_request;
    /// What goes to a container's stdin.
    std::function<void(std::string_view bytes)> on_stdin;
  };

  FaultProxy(std::string engine_socket, Hooks hooks);
  ~FaultProxy();
  FaultProxy(const FaultProxy&) = delete;
  FaultProxy& operator=(const FaultProxy&) = delete;

  [[nodiscard]] std::string socket_path() const { return (folder_.path() / "proxy.sock").string(); }
  [[nodiscard]] std::string docker_host() const { return "unix://" + socket_path(); }

 private:
  class Link;
  void accept_all();

  TempFolder folder_;
  const std::string engine_socket_;
  const Hooks hooks_;
  base::Fd listener_;
  std::mutex mutex_;
  bool ending_ = false;
  std::vector<std::shared_ptr<Link>> links_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

/// A listening unix socket; a connected one. Throw where that cannot be.
base::Fd listen_on(const std::string& path);
base::Fd connect_to(const std::string& path);

}  // namespace tests
