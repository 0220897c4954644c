// The wire's bytes, as images/FORMATS.md draws them, over POSIX sockets.
// It must not know who calls it, nor what a payload means.
#include "wire.h"

#include <netdb.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cstring>
#include <memory>

#include "byte_order.h"
#include "crc32.h"
#include "format_error.h"

namespace formats {
namespace {

constexpr std::uint32_t kMagic = magic("WIRE");
constexpr std::uint16_t kVersion = 1;
constexpr std::size_t kHelloSize = 12;
constexpr std::size_t kFrameHeaderSize = 16;
constexpr std::size_t kChecked = 12;  // of a frame's header: what its checksum covers
constexpr std::chrono::milliseconds kDrain{1000};

struct ErrorCode {
  std::uint16_t code;
  const char* kind;
};
constexpr ErrorCode kErrorCodes[] = {{1, "wrong checksum"}, {2, "too long"}, {3, "unexpected"}};

std::string type_name(WireType type) {
  switch (type) {
    case WireType::kData: return "DATA";
    case WireType::kAck: return "ACK";
    case WireType::kError: return "ERROR";
    case WireType::kBye: return "BYE";
  }
  return "unknown";
}

std::string frame_name(WireType type, std::uint32_t sequence) {
  return type_name(type) + " " + std::to_string(sequence);
}

PeerError peer_error(std::string_view payload) {
  const std::uint16_t code = payload.size() < 2 ? 0 : number_at<std::uint16_t>(payload, 0);
  const std::string message(payload.substr(std::min<std::size_t>(2, payload.size())));
  for (const ErrorCode& known : kErrorCodes) {
    if (known.code == code) return {known.kind, message};
  }
  return {"code " + std::to_string(code), message};
}

void set_timeout(int socket, std::chrono::milliseconds timeout) {
  const timeval value{timeout.count() / 1000, timeout.count() % 1000 * 1000};
  ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &value, sizeof value);
  ::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &value, sizeof value);
}

std::string pack_frame_header(WireType type, std::uint32_t sequence, std::size_t size,
                              std::string_view payload) {
  std::string header;
  append(header, static_cast<std::uint32_t>(size));
  header += static_cast<char>(type);
  header += std::string(3, '\0');
  append(header, sequence);
  append(header, crc32(payload, crc32(header)));
  return header;
}

using Addresses = std::unique_ptr<addrinfo, void (*)(addrinfo*)>;

Addresses resolve(const std::string& host) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int error = ::getaddrinfo(host.c_str(), std::to_string(kWirePort).c_str(), &hints, &found);
  if (error != 0) throw std::runtime_error("cannot resolve '" + host + "': " + ::gai_strerror(error));
  return {found, ::freeaddrinfo};
}

UniqueFd socket_for(const addrinfo& address) {
  return UniqueFd(checked(
      ::socket(address.ai_family, address.ai_socktype | SOCK_CLOEXEC, address.ai_protocol), "socket"));
}

}  // namespace

std::string pack_hello(std::uint32_t limit) {
  std::string hello;
  append(hello, kMagic);
  append(hello, kVersion);
  append(hello, std::uint16_t{0});
  append(hello, limit);
  return hello;
}

std::string pack_wire_frame(WireType type, std::uint32_t sequence, std::string_view payload) {
  return pack_frame_header(type, sequence, payload.size(), payload).append(payload);
}

std::string pack_announcement(std::uint32_t sequence, std::uint32_t size) {
  return pack_frame_header(WireType::kData, sequence, size, "");
}

UniqueFd listen_on(const std::string& host) {
  const Addresses addresses = resolve(host);
  UniqueFd socket = socket_for(*addresses);
  const int yes = 1;
  ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  const std::string where = host + " port " + std::to_string(kWirePort);
  checked(::bind(socket.get(), addresses->ai_addr, addresses->ai_addrlen), "bind to " + where);
  checked(::listen(socket.get(), 16), "listen on " + where);
  return socket;
}

Connection Connection::connect(const std::string& host, std::chrono::milliseconds patience) {
  const Addresses addresses = resolve(host);
  UniqueFd socket = socket_for(*addresses);
  set_timeout(socket.get(), patience);
  checked(::connect(socket.get(), addresses->ai_addr, addresses->ai_addrlen),
          "connect to " + host + " port " + std::to_string(kWirePort));
  return {std::move(socket), kWirePayloadLimit};
}

Connection::Connection(UniqueFd socket, std::uint32_t limit) : socket_(std::move(socket)), limit_(limit) {
  const int yes = 1;
  ::setsockopt(socket_.get(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  send_bytes(pack_hello(limit));
  check_hello(receive_bytes(kHelloSize));
}

void Connection::check_hello(std::string_view hello) {
  if (number_at<std::uint32_t>(hello, 0) != kMagic) {
    throw wrong_magic("wire", hello, kMagic);
  }
  const auto version = number_at<std::uint16_t>(hello, 4);
  if (version != kVersion) {
    throw FormatError("wrong version", "the other side speaks another version",
                      "version " + std::to_string(kVersion), "version " + std::to_string(version));
  }
  peer_limit_ = number_at<std::uint32_t>(hello, 8);
}

// --- the side that connects ---

void Connection::send(std::string_view payload) {
  if (payload.size() > peer_limit_) {
    throw MessageTooLong("the other side takes messages of " + bytes(peer_limit_) +
                         " at most, this one has " + std::to_string(payload.size()));
  }
  ++last_;
  send_raw(pack_wire_frame(WireType::kData, last_, payload));
}

void Connection::send_raw(std::string_view frame) {
  send_bytes(frame);
  expect(WireType::kAck);
}

void Connection::say_bye() {
  send_bytes(pack_wire_frame(WireType::kBye, last_));
  expect(WireType::kBye);
}

void Connection::expect(WireType type) {
  const Received found = receive_frame();
  if (found.type == WireType::kError) throw peer_error(found.payload);
  if (found.type != type || found.sequence != last_) {
    throw FormatError("unexpected", "the other side answered with another frame", frame_name(type, last_),
                      frame_name(found.type, found.sequence));
  }
}

// --- the side that listens ---

bool Connection::receive(const Accept& accept) {
  Received found{};
  try {
    found = receive_frame();
    const bool in_order = (found.type == WireType::kData && found.sequence == last_ + 1) ||
                          (found.type == WireType::kBye && found.sequence == last_);
    if (!in_order) {
      throw FormatError("unexpected", "the other side sent another frame",
                        frame_name(WireType::kData, last_ + 1) + " or " + frame_name(WireType::kBye, last_),
                        frame_name(found.type, found.sequence));
    }
  } catch (const FormatError& error) {
    refuse(error);
    throw;
  }
  const bool is_last = found.type == WireType::kBye;
  last_ = found.sequence;
  if (!is_last) accept(found.sequence, std::move(found.payload));
  send_bytes(pack_wire_frame(is_last ? WireType::kBye : WireType::kAck, last_));
  return !is_last;
}

// Tells the other side why, and stays until it has gone, so that the news arrives.
void Connection::refuse(const FormatError& error) {
  std::string reason;
  for (const ErrorCode& known : kErrorCodes) {
    if (error.kind() == known.kind) append(reason, known.code);
  }
  reason += error.what();
  try {
    send_bytes(pack_wire_frame(WireType::kError, last_, reason));
  } catch (const ConnectionBroken&) {
    return;  // the other side is gone already
  }
  ::shutdown(socket_.get(), SHUT_WR);
  set_timeout(socket_.get(), kDrain);
  char dropped[4096];
  while (::recv(socket_.get(), dropped, sizeof dropped, 0) > 0) {
  }
}

// --- both ---

void Connection::hang_up() {
  ::shutdown(socket_.get(), SHUT_RDWR);
}

void Connection::send_bytes(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count < 0 && errno != EINTR)
      throw ConnectionBroken(std::string("the connection broke: ") + std::strerror(errno));
    if (count > 0) bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

std::string Connection::receive_bytes(std::size_t size) {
  std::string data(size, '\0');
  for (std::size_t came = 0; came < size;) {
    const ssize_t count = ::recv(socket_.get(), data.data() + came, size - came, 0);
    if (count == 0) throw ConnectionBroken("the other side closed the connection without BYE");
    if (count < 0 && errno == EAGAIN) {
      throw ConnectionBroken("no answer: " + std::to_string(came) + " of " + bytes(size) + " came");
    }
    if (count < 0 && errno != EINTR)
      throw ConnectionBroken(std::string("the connection broke: ") + std::strerror(errno));
    if (count > 0) came += static_cast<std::size_t>(count);
  }
  return data;
}

Connection::Received Connection::receive_frame() {
  const std::string header = receive_bytes(kFrameHeaderSize);
  const auto length = number_at<std::uint32_t>(header, 0);
  Received frame{static_cast<WireType>(header[4]), number_at<std::uint32_t>(header, 8), {}};
  const std::string name = type_name(frame.type) + " frame " + std::to_string(frame.sequence);
  if (length > limit_) {
    throw FormatError("too long", name + " is too long", "at most " + bytes(limit_), bytes(length));
  }
  frame.payload = receive_bytes(length);
  const auto stated = number_at<std::uint32_t>(header, kChecked);
  const std::uint32_t computed = crc32(frame.payload, crc32(std::string_view(header).substr(0, kChecked)));
  if (computed != stated) {
    throw FormatError("wrong checksum", name + " has the wrong checksum", hex(stated), hex(computed));
  }
  return frame;
}

}  // namespace formats
