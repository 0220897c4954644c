// A request written by hand on a connection of its own, for the answers that outlive a request: attach and
// wait. Internal to docker/.
#include "docker/raw_request.h"

#include <fmt/format.h>
#include <poll.h>

#include <array>

#include "base/wait.h"
#include "docker/http.h"

namespace docker {
namespace {

Error failure(ErrorKind kind, std::string message) {
  return {kind, 0, {}, std::move(message)};
}

/// Reads once, waiting for bytes if there are none. Nothing: the connection has ended.
Result<std::optional<std::string_view>> read_piece(Connection& connection, std::span<char> buffer,
                                                   const Call& call) {
  while (true) {
    const auto io = connection.read_some(buffer);
    if (io.state == Connection::State::ok) return std::string_view(buffer.data(), io.bytes);
    if (io.state == Connection::State::ended) return std::nullopt;
    if (io.state == Connection::State::failed) return tl::unexpected(failure(ErrorKind::broken, io.error));
    switch (base::wait_for(connection.fd(), POLLIN, call.deadline, call.stop)) {
      case base::Waited::ready: break;
      case base::Waited::stopped: return tl::unexpected(failure(ErrorKind::cancelled, "cancelled"));
      case base::Waited::timed_out:
        return tl::unexpected(failure(ErrorKind::timed_out, "the engine did not answer in time"));
    }
  }
}

Result<HeadReader> read_head(Connection& connection, const Call& call) {
  std::array<char, 4096> buffer;
  HeadReader head;
  while (true) {
    const auto piece = read_piece(connection, buffer, call);
    if (!piece) return tl::unexpected(piece.error());
    if (!*piece) {
      return tl::unexpected(failure(ErrorKind::broken, "the connection ended before the answer was there"));
    }
    switch (head.feed(**piece)) {
      case HeadReader::State::more: break;
      case HeadReader::State::done: return head;
      case HeadReader::State::malformed:
        return tl::unexpected(failure(ErrorKind::malformed, "the answer is no HTTP"));
    }
  }
}

/// The body of a refusal is worth reading, but never worth failing for.
Error read_refusal(Connection& connection, const HeadReader& head, const std::string& called,
                   const Call& call) {
  Response response = head.response();
  BodyReader body(response);
  std::array<char, 4096> buffer;
  auto state = body.feed(head.rest());
  while (state == BodyReader::State::more) {
    const auto piece = read_piece(connection, buffer, call);
    if (!piece || !*piece) break;
    state = body.feed(**piece);
  }
  response.body = body.body();
  return refusal(response, called);
}

}  // namespace

Result<void> write_all(Connection& connection, std::string_view bytes, const Call& call) {
  const std::size_t total = bytes.size();
  const auto taken = [&] { return fmt::format("{} of {} bytes were taken", total - bytes.size(), total); };
  while (!bytes.empty()) {
    const auto io = connection.write_some(bytes);
    if (io.state == Connection::State::ok) {
      bytes.remove_prefix(io.bytes);
      continue;
    }
    if (io.state == Connection::State::ended) {
      return tl::unexpected(failure(ErrorKind::broken, "the other side is gone; " + taken()));
    }
    if (io.state == Connection::State::failed) {
      return tl::unexpected(failure(ErrorKind::broken, fmt::format("{}; {}", io.error, taken())));
    }
    switch (base::wait_for(connection.fd(), POLLOUT, call.deadline, call.stop)) {
      case base::Waited::ready: break;
      case base::Waited::stopped: return tl::unexpected(failure(ErrorKind::cancelled, "cancelled"));
      case base::Waited::timed_out: return tl::unexpected(failure(ErrorKind::timed_out, taken()));
    }
  }
  return {};
}

Result<RawReply> raw_request(const Client& client, const std::string& target, bool upgrade,
                             const Call& call) {
  const auto called = fmt::format("POST {}", std::string_view(target).substr(0, target.find('?')));
  const auto named = [&called](Error error) {
    error.call = called;
    return tl::unexpected(std::move(error));
  };
  auto connection = client.transport().connect(call);
  if (!connection) return named(connection.error());
  const auto request = fmt::format(
      "POST {} HTTP/1.1\r\nHost: localhost\r\n{}Content-Length: 0\r\n\r\n", client.versioned(target),
      upgrade ? "Connection: Upgrade\r\nUpgrade: tcp\r\n" : "Connection: close\r\n");
  if (auto sent = write_all(**connection, request, call); !sent) return named(sent.error());
  auto head = read_head(**connection, call);
  if (!head) return named(head.error());
  if (head->response().status >= 400) {
    return tl::unexpected(read_refusal(**connection, *head, called, call));
  }
  return RawReply{std::move(*connection), head->response(), std::string(head->rest())};
}

}  // namespace docker
