// An engine that a test plays: a unix socket whose connections are answered by a function, byte by byte if it
// likes. For what a real engine does only on its worst days.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/fd.h"
#include "docker/client.h"
#include "docker/endpoint.h"
#include "tests/support/temp_folder.h"

namespace tests {

/// One accepted connection, on a thread of its own.
class FakeConnection {
 public:
  explicit FakeConnection(base::Fd fd) : fd_(std::move(fd)) {}

  /// Reads up to the empty line that ends a request's head; empty at the connection's end.
  std::string read_head();
  /// Reads until the other side's end.
  std::string read_all();
  /// Reads exactly that many bytes, or less at the end.
  std::string read_exactly(std::size_t size);
  /// Writes all; in pieces of `piece` bytes, each a write of its own.
  void write(std::string_view bytes, std::size_t piece = SIZE_MAX);
  /// A whole response with Content-Length.
  void respond(int status, std::string_view body, std::string_view headers = {});
  /// Blocks until the other side closes the connection.
  void wait_for_close();

 private:
  base::Fd fd_;
};

/// Listens until destroyed; then cuts the connections still open.
class FakeEngine {
 public:
  using Handler = std::function<void(FakeConnection&)>;
  explicit FakeEngine(Handler handler);
  ~FakeEngine();
  FakeEngine(const FakeEngine&) = delete;
  FakeEngine& operator=(const FakeEngine&) = delete;

  [[nodiscard]] docker::Endpoint endpoint() const;
  /// A client of it that skips the negotiation.
  [[nodiscard]] docker::Client client() const;

 private:
  void accept_all();

  TempFolder folder_;
  Handler handler_;
  base::Fd listener_;
  std::atomic<bool> ending_{false};
  std::mutex mutex_;
  std::vector<int> open_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

/// Answers requests from a list, without any socket, and keeps what was asked.
class ScriptedTransport : public docker::Transport {
 public:
  ScriptedTransport& answer(int status, std::string body = {},
                            std::vector<std::pair<std::string, std::string>> headers = {});
  ScriptedTransport& fail(docker::ErrorKind kind, std::string message = "scripted");

  docker::Result<docker::Response> send(const docker::Request& request, const docker::Call& call,
                                        const docker::BodySink& sink) override;
  docker::Result<std::unique_ptr<docker::Connection>> connect(const docker::Call& call) override;

  /// "POST /v1.41/containers/create?name=x"
  [[nodiscard]] std::string asked(std::size_t index) const;
  std::vector<docker::Request> requests;
  std::vector<std::string> streamed_bodies;  ///< what request sources gave

 private:
  std::vector<docker::Result<docker::Response>> answers_;
};

/// A client with an API version over a scripted transport that stays in the test's hands.
struct ScriptedClient {
  ScriptedClient();
  ScriptedTransport& transport;
  docker::Client client;

 private:
  explicit ScriptedClient(std::unique_ptr<ScriptedTransport> owned);
};

/// A generous deadline: for calls that are expected to end well.
docker::Call soon();
/// A short one: for calls that are expected to run into it.
docker::Call at_once();

}  // namespace tests
