// The wire of images/FORMATS.md: acknowledged messages over TCP, from who connects to who listens.
// It must not know who calls it, nor what a payload means.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "unique_fd.h"

namespace formats {

class FormatError;

inline constexpr std::uint16_t kWirePort = 4741;
inline constexpr std::uint32_t kWirePayloadLimit = 16 * 1024 * 1024;

enum class WireType : std::uint8_t { kData = 1, kAck = 2, kError = 3, kBye = 4 };

/// The connection ended without BYE.
struct ConnectionBroken : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The other side sent an ERROR frame and gave up the connection.
class PeerError : public std::runtime_error {
 public:
  PeerError(const std::string& kind, const std::string& message)
      : std::runtime_error("the other side gave up: " + kind + ": " + message), kind_(kind) {}

  const std::string& kind() const { return kind_; }

 private:
  std::string kind_;
};

/// The message is longer than the other side takes; nothing was sent.
struct MessageTooLong : std::length_error {
  using std::length_error::length_error;
};

std::string pack_hello(std::uint32_t limit);
std::string pack_wire_frame(WireType type, std::uint32_t sequence, std::string_view payload = "");

/// The header of a DATA frame whose payload of `size` bytes never comes.
std::string pack_announcement(std::uint32_t sequence, std::uint32_t size);

/// One end of a connection, past its handshake. Calls block; they throw FormatError,
/// ConnectionBroken or PeerError.
class Connection {
 public:
  using Accept = std::function<void(std::uint32_t sequence, std::string payload)>;

  /// Shakes hands on a connected socket; `limit` is the longest payload this end takes.
  Connection(UniqueFd socket, std::uint32_t limit);

  /// Connects and shakes hands; every later wait for the other side ends after `patience`.
  static Connection connect(const std::string& host, std::chrono::milliseconds patience);

  // The side that connects:

  std::uint32_t next_sequence() const { return last_ + 1; }

  /// Sends one message and waits until it is acknowledged.
  void send(std::string_view payload);

  /// Sends these bytes as they are, and waits for the answer to a DATA frame.
  void send_raw(std::string_view frame);

  /// Says BYE and waits for the other side's.
  void say_bye();

  // The side that listens:

  /// Hands the next message to `accept`, then acknowledges it. False: the other side said BYE.
  bool receive(const Accept& accept);

  // Both:

  /// Ends the connection without BYE; a thread that waits in it wakes up with ConnectionBroken.
  void hang_up();

 private:
  struct Received {
    WireType type;
    std::uint32_t sequence;
    std::string payload;
  };

  void check_hello(std::string_view hello);
  void send_bytes(std::string_view bytes);
  std::string receive_bytes(std::size_t size);
  Received receive_frame();
  void expect(WireType type);
  void refuse(const FormatError& error);

  UniqueFd socket_;
  std::uint32_t limit_;
  std::uint32_t peer_limit_ = 0;
  std::uint32_t last_ = 0;  // sequence number of the last DATA frame, sent or received
};

/// A socket that listens on the wire's port of `host`.
UniqueFd listen_on(const std::string& host);

}  // namespace formats
