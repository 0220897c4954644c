// Splits a stream of bytes into messages, and puts messages on a stream. It must not know what a message
// says.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "executor/model/framing.h"

namespace executor::rpc {

using model::Framing;

/// The most bytes that a message may have, in either direction.
inline constexpr std::size_t kMaxMessage = std::size_t{16} << 20U;

/// The message with what delimits it.
std::string framed(Framing framing, std::string_view message);

/// Finds the messages in what a server writes, in pieces of any size. Holds at most one message.
class Framer {
 public:
  explicit Framer(Framing framing) : framing_(framing) {}

  /// Takes the next bytes and calls `on_message` for each message that they complete. False once the stream
  /// cannot be followed any more: `error()` says why, and all further bytes are ignored.
  bool feed(std::string_view bytes, const std::function<void(std::string_view)>& on_message);

  /// What is wrong: "wrote a message of more than 16 MiB: …", "wrote a header without Content-Length: …".
  [[nodiscard]] const std::string& error() const { return error_; }

  /// What has come of a message that is not complete: "wrote 40 bytes and no newline: …"; empty if nothing
  /// has.
  [[nodiscard]] std::string pending() const;

 private:
  bool feed_lines(std::string_view bytes, const std::function<void(std::string_view)>& on_message);
  bool feed_counted(std::string_view bytes, const std::function<void(std::string_view)>& on_message);
  bool read_header();
  bool fail(std::string error);

  Framing framing_;
  std::string partial_;
  bool in_body_ = false;  // content-length only, as the next one
  std::size_t body_size_ = 0;
  std::string error_;
};

}  // namespace executor::rpc
