// The little HTTP/1.1 that a hand-written request on its own connection needs. Internal to docker/; it must
// not know any endpoint of the API.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "docker/transport.h"

namespace docker {

/// Reads the head of a response from pieces of any size, also single bytes.
class HeadReader {
 public:
  enum class State { more, done, malformed };

  /// Takes the next bytes. When `done`, `rest()` is what came behind the head. A head of over 64 KiB is
  /// malformed.
  State feed(std::string_view bytes);
  /// Status and headers; valid when done.
  [[nodiscard]] const Response& response() const { return response_; }
  [[nodiscard]] std::string_view rest() const { return rest_; }

 private:
  State parse(std::string_view head);

  std::string buffer_;
  std::string rest_;
  Response response_;
};

/// Reads a body that is chunked (RFC 9112, 7.1), counted by Content-Length, or ended by the connection's end,
/// from pieces of any size. Holds the whole body, at most 64 KiB: for short answers only.
class BodyReader {
 public:
  enum class State { more, done, malformed };

  /// How the body is delimited follows from the head.
  explicit BodyReader(const Response& head);

  State feed(std::string_view bytes);
  /// The connection has ended.
  State finish();
  [[nodiscard]] const std::string& body() const { return body_; }

 private:
  enum class Step { counted, until_end, chunk_size, chunk_data, chunk_end, trailer, done, malformed };

  bool take(std::string_view& bytes);
  void on_line();
  [[nodiscard]] State state() const;

  Step step_ = Step::until_end;
  std::size_t left_ = 0;  // of the counted body or of the chunk
  std::string line_;
  std::string body_;
};

}  // namespace docker
