// The steps of features/wire: what a sender and a receiver on the network can be told.
// It must not know how a message looks on the wire.
#include <optional>

#include "cexec_kit.h"
#include "exchange.h"
#include "listener.h"
#include "payloads.h"
#include "steps.h"
#include "waiting.h"
#include "wire.h"

using cexec_kit::expect;
using cexec_kit::expect_equal;
using cexec_kit::Server;
using cexec_kit::StepFailure;
using cexec_kit::World;
using formats::Connection;
using formats::WireType;

namespace {

/// The listener or the connection of this process.
struct WireUse {
  ~WireUse() {
    if (open_connection) open_connection->hang_up();  // wakes what runs in the background
  }

  Listener& listener() {
    expect(open_listener.has_value(), "this process does not listen");
    return *open_listener;
  }

  Connection& connection() {
    expect(open_connection.has_value(), "this process is not connected");
    return *open_connection;
  }

  std::optional<Listener> open_listener;
  std::optional<Connection> open_connection;
  std::optional<formats::PeerError> refusal;
  Background background;  // last: ends before what it works on
};

WireUse& use(World& world) {
  return world.state<WireUse>();
}

std::string message_name(std::uint32_t sequence) {
  return "message " + std::to_string(sequence);
}

// --- the receiver ---

void listen(World& world, std::uint32_t limit) {
  use(world).open_listener.emplace(formats::peer_address(world.process), limit);
}

/// The `count` messages received; fails if there are more or fewer, naming what broke.
std::vector<Message> messages(World& world, std::size_t count) {
  const Listener& listener = use(world).listener();
  auto found = listener.messages();
  if (found.size() != count) {
    for (const std::exception_ptr& end : listener.ends()) {
      if (end) std::rethrow_exception(end);
    }
  }
  expect_equal(found.size(), count, "the number of messages received is wrong");
  return found;
}

void should_have_received(World& world, std::size_t count, std::size_t size) {
  for (const Message& message : messages(world, count)) {
    check_pattern(message.payload, size, message.sequence, message_name(message.sequence));
  }
}

void should_have_received_table(World& world) {
  const auto rows = world.rows();
  const auto found = messages(world, rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    check_text(found[i].payload, rows[i].at("payload"), message_name(found[i].sequence));
  }
}

/// How the first connection ended; null: with BYE.
std::exception_ptr end_of_connection(World& world) {
  const Listener& listener = use(world).listener();
  const bool ended = wait_until(world, [&listener] { return !listener.ends().empty(); });
  expect(ended, "the connection is still open");
  return listener.ends().front();
}

void should_have_seen_close(World& world) {
  if (const auto end = end_of_connection(world)) std::rethrow_exception(end);
}

void should_have_seen_break(World& world) {
  const auto end = end_of_connection(world);
  expect(end != nullptr, "the connection did not break: it was closed with BYE");
  try {
    std::rethrow_exception(end);
  } catch (const formats::ConnectionBroken& broken) {
    world.log(broken.what());
  }
}

void add_receiver_steps(Server& server) {
  server.step("listens", [](World& world) { listen(world, formats::kWirePayloadLimit); });
  server.step("listens for messages of at most {int} byte(s)", listen);
  server.step("should have received {int} message(s) with size '{int}'", should_have_received);
  server.step("should have received the messages:", should_have_received_table);
  server.step("should have seen the connection close", should_have_seen_close);
  server.step("should have seen the connection break", should_have_seen_break);
}

// --- the sender ---

void connect(World& world, const std::string& process) {
  use(world).open_connection.emplace(Connection::connect(formats::peer_address(process), patience(world)));
}

void send_several(Connection& connection, int count, std::size_t size) {
  for (int i = 0; i < count; ++i) connection.send(test_pattern(size, connection.next_sequence()));
}

void send_table(World& world) {
  for (const auto& row : world.rows()) use(world).connection().send(row.at("payload"));
}

void start_to_send(World& world, int count, std::size_t size) {
  Connection& connection = use(world).connection();
  use(world).background.start([&connection, count, size] { send_several(connection, count, size); });
}

void should_have_sent(World& world, std::uint32_t count) {
  use(world).background.finish(world, "not all messages are acknowledged yet");
  expect_equal(use(world).connection().next_sequence() - 1, count, "the number of messages sent is wrong");
}

/// Sends what the other side must refuse, and remembers its refusal.
void send_bad(World& world, const std::string& frame) {
  try {
    use(world).connection().send_raw(frame);
  } catch (const formats::PeerError& refusal) {
    use(world).refusal = refusal;
  }
}

void send_wrong_checksum(World& world) {
  std::string frame =
      formats::pack_wire_frame(WireType::kData, use(world).connection().next_sequence(), "damaged");
  frame.back() ^= 1;
  send_bad(world, frame);
}

void should_have_been_told(World& world, const std::string& kind) {
  expect(use(world).refusal.has_value(), "the other side did not refuse the message");
  expect_equal(use(world).refusal->kind(), kind, "the other side refused for another reason");
}

void should_refuse(World& world, std::size_t size) {
  try {
    use(world).connection().send(std::string(size, '\0'));
  } catch (const formats::MessageTooLong& refusal) {
    world.log(refusal.what());
    return;
  }
  throw StepFailure("a message of " + std::to_string(size) + " bytes was sent and acknowledged");
}

void close(World& world) {
  use(world).connection().say_bye();
  use(world).open_connection.reset();
}

void add_sender_steps(Server& server) {
  server.step("connects to {string}", connect);
  server.step("sends {int} message(s) with size '{int}'", [](World& world, int count, std::size_t size) {
    send_several(use(world).connection(), count, size);
  });
  server.step("sends the messages:", send_table);
  server.step("starts to send {int} message(s) with size '{int}'", start_to_send);
  server.step("should have sent {int} message(s)", should_have_sent);
  server.step("sends a message with a wrong checksum", send_wrong_checksum);
  server.step("announces a message with size '{int}'", [](World& world, std::uint32_t size) {
    send_bad(world, formats::pack_announcement(use(world).connection().next_sequence(), size));
  });
  server.step("should have been told {string}", should_have_been_told);
  server.step("should refuse to send a message with size '{int}'", should_refuse);
  server.step("closes the connection", close);
}

}  // namespace

void add_wire_steps(Server& server) {
  add_receiver_steps(server);
  add_sender_steps(server);
}
