// The seam between API calls and the wire: requests, responses, and connections that outlive their request.
// It must not know any endpoint of the API.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "docker/error.h"

namespace docker {

enum class Method { get, head, post, del };
std::string_view name_of(Method method);

/// Gives the next piece of a request's body: fills at most the whole span, returns the bytes written, 0 at
/// the end. An error ends the request with that error.
using BodySource = std::function<Result<std::size_t>(std::span<char>)>;

/// Takes the next piece of a response's body. An error ends the request with that error.
using BodySink = std::function<Result<void>(std::string_view)>;

struct Request {
  Method method = Method::get;
  std::string target;        ///< path and query, escaped: "/v1.41/containers/json?all=1"
  std::string body;          ///< whole body; empty if there is none or if `source` is set
  std::string content_type;  ///< empty: none
  BodySource source;         ///< streamed body; takes precedence over `body`
  std::vector<std::pair<std::string, std::string>> headers =
      {};  ///< besides those that follow from the above
};

struct Response {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;  ///< names as sent
  std::string body;  ///< empty where a sink took it, unless the status is 400 or more

  /// First header of that name, without regard to case; empty if there is none.
  [[nodiscard]] std::string_view header(std::string_view name) const;
};

/// A stream of bytes both ways to the engine, after the first request on it. Reading and writing never block.
/// One thread may read while another writes; each side on its own is not thread-safe.
class Connection {
 public:
  enum class State { ok, would_block, ended, failed };
  struct Io {
    State state = State::ok;
    std::size_t bytes = 0;  ///< read or written, for `ok`
    std::string error;      ///< for `failed`
  };

  Connection() = default;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  virtual ~Connection() = default;

  /// To poll; readiness is a hint, a read or write may still say `would_block`.
  [[nodiscard]] virtual int fd() const = 0;
  /// Bytes may lie ready inside, where poll does not see them (TLS): read until `would_block` each time.
  [[nodiscard]] virtual bool must_drain() const { return false; }
  virtual Io read_some(std::span<char> into) = 0;
  virtual Io write_some(std::string_view bytes) = 0;
  /// Half-closes: the engine sees the end of our bytes, and its own still arrive.
  virtual void close_write() = 0;
};

/// Sends requests to one engine. Thread-safe: any number of requests may be under way.
class Transport {
 public:
  Transport() = default;
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;
  virtual ~Transport() = default;

  /// Sends and blocks until the whole response is there, at most to the call's deadline. The body goes to
  /// `sink` as it comes if one is given and the status is below 400; else into the response, up to 64 MiB.
  /// Any status is a response, not an error.
  virtual Result<Response> send(const Request& request, const Call& call, const BodySink& sink = {}) = 0;

  /// A fresh connection with nothing sent on it yet. Blocks to the call's deadline.
  virtual Result<std::unique_ptr<Connection>> connect(const Call& call) = 0;
};

}  // namespace docker
