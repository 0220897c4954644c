#include "executor/rpc/channel.h"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <future>
#include <thread>

namespace executor::rpc {
namespace {

using namespace std::chrono_literals;
using Kind = CallError::Kind;

class Recorder : public Listener {
 public:
  void on_request(std::string_view message) override { requests.emplace_back(message); }
  void on_reply(std::string_view message) override { replies.emplace_back(message); }
  void on_log(std::string_view level, std::string_view message) override {
    logs.push_back(std::string(level) + ":" + std::string(message));
  }
  void on_noise(std::string_view text) override { noise += text; }
  void on_passed() override {
    ++passed;
    if (when_passed) when_passed();
  }

  std::atomic<int> passed{0};
  std::function<void()> when_passed;
  std::vector<std::string> requests;
  std::vector<std::string> replies;
  std::vector<std::string> logs;
  std::string noise;
};

/// A server that answers within the write itself.
class Wire : public ByteStream {
 public:
  Written write(std::string_view bytes, const base::Deadline&, const std::stop_token&) override {
    sent += bytes;
    if (on_write) on_write();
    return written;
  }
  std::string sent;
  std::function<void()> on_write;
  Written written = Written::all;
};

struct Wired {
  explicit Wired(Framing framing = Framing::ndjson) : channel(framing, wire, recorder) {}

  tl::expected<Reply, CallError> call(base::Deadline deadline = base::Deadline::in(20s)) {
    return channel.call("health", "{}", deadline, {});
  }
  void answer(const std::string& text) {
    wire.on_write = [this, text] { channel.receive(text); };
  }

  Wire wire;
  Recorder recorder;
  Channel channel;
};

TEST(Channel, SendsARequestAndGivesItsReply) {
  Wired w;
  w.answer("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"status\":\"ok\"}}\n");
  const auto reply = w.call();
  ASSERT_TRUE(reply) << reply.error().detail;
  EXPECT_EQ(base::json::as_string(base::json::find(reply->result(), "status")), "ok");
  EXPECT_EQ(w.wire.sent, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"health\",\"params\":{}}\n");
  EXPECT_EQ(w.recorder.requests.size(), 1u);
  EXPECT_EQ(w.recorder.replies.size(), 1u);
}

TEST(Channel, ListenerIsDueWhenTheRequestHasBeenSent) {
  Wired w;
  bool was_sent = false;
  w.recorder.when_passed = [&] { was_sent = !w.wire.sent.empty(); };
  ASSERT_TRUE(w.channel.post("health", "{}", base::Deadline::in(20s), {}));
  EXPECT_EQ(w.recorder.passed, 1);
  EXPECT_TRUE(was_sent);
}

TEST(Channel, ReplyIsHandedOutWhileTheListenerIsBusy) {
  Wired w;
  const auto id = w.channel.post("health", "{}", base::Deadline::in(20s), {});
  ASSERT_TRUE(id);
  std::promise<void> taken;
  w.recorder.when_passed = [&] { taken.get_future().wait(); };
  std::jthread receiving([&] { w.channel.receive("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}\n"); });
  EXPECT_TRUE(w.channel.await({*id}, base::Deadline::in(20s), {}));
  taken.set_value();
}

TEST(Channel, CountedFramingBothWays) {
  Wired w(Framing::content_length);
  const std::string body = R"({"jsonrpc":"2.0","id":1,"result":{}})";
  w.answer("Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  EXPECT_TRUE(w.call());
  EXPECT_TRUE(w.wire.sent.starts_with("Content-Length: 54\r\n\r\n{"));
}

TEST(Channel, ReplyFromAnotherThread) {
  Wired w;
  std::jthread server;
  w.wire.on_write = [&] {
    server = std::jthread([&] { w.channel.receive("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}\n"); });
  };
  EXPECT_TRUE(w.call());
}

TEST(Channel, LogsAreHandedOnAndOtherNotificationsNoted) {
  Wired w;
  w.answer(
      "{\"jsonrpc\":\"2.0\",\"method\":\"log\",\"params\":{\"level\":\"warn\",\"message\":\"m\"}}\n"
      "{\"jsonrpc\":\"2.0\",\"method\":\"other\"}\n{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}\n");
  EXPECT_TRUE(w.call());
  EXPECT_EQ(w.recorder.logs, std::vector<std::string>{"warn:m"});
  EXPECT_NE(w.recorder.noise.find("other"), std::string::npos);
}

TEST(Channel, NoAnswerTimesOutAndTellsWhatThereWas) {
  Wired w;
  EXPECT_EQ(w.call(base::Deadline::in(1ms)).error().detail, "");
  w.channel.receive("{\"jsonrpc\"");
  const auto reply = w.call(base::Deadline::in(1ms));
  EXPECT_EQ(reply.error().kind, Kind::timed_out);
  EXPECT_EQ(reply.error().detail, "wrote 10 bytes and no newline: {\"jsonrpc\"");
}

TEST(Channel, UnknownAndRepeatedIdsAreViolations) {
  Wired unknown;
  unknown.answer("{\"jsonrpc\":\"2.0\",\"id\":99,\"result\":{}}\n");
  auto error = unknown.call().error();
  EXPECT_EQ(error.kind, Kind::violation);
  EXPECT_TRUE(error.detail.starts_with("replied to id 99, which was not asked: {")) << error.detail;
  Wired repeated;
  repeated.answer(
      "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}\n{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}\n");
  EXPECT_TRUE(repeated.call());
  error = repeated.call().error();
  EXPECT_TRUE(error.detail.starts_with("replied to id 1, which had been answered already")) << error.detail;
}

TEST(Channel, ViolationStaysAndEverythingAfterItIsNoise) {
  Wired w;
  w.answer("garbage\n{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}\n");
  EXPECT_EQ(w.call().error().kind, Kind::violation);
  EXPECT_EQ(w.call().error().kind, Kind::violation);
  EXPECT_EQ(w.recorder.requests.size(), 1u);
  w.channel.receive("more\n");
  EXPECT_NE(w.recorder.noise.find("garbage"), std::string::npos);
  EXPECT_NE(w.recorder.noise.find("more"), std::string::npos);
}

TEST(Channel, ViolationBetweenCallsIsSeenByTheNext) {
  Wired w;
  w.channel.receive("garbage\n");
  EXPECT_EQ(w.call().error().kind, Kind::violation);
}

TEST(Channel, EndOfOutputEndsTheCallWithWhatThereWas) {
  Wired w;
  w.wire.on_write = [&] {
    w.channel.receive("{\"half");
    w.channel.end();
  };
  const auto error = w.call().error();
  EXPECT_EQ(error.kind, Kind::ended);
  EXPECT_EQ(error.detail, "its stdout ended: wrote 6 bytes and no newline: {\"half");
  EXPECT_EQ(w.call().error().kind, Kind::ended);
}

TEST(Channel, ReplyThatCameBeforeTheEndCounts) {
  Wired w;
  w.wire.on_write = [&] {
    w.channel.receive("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}\n");
    w.channel.end();
  };
  EXPECT_TRUE(w.call());
  EXPECT_EQ(w.call().error().kind, Kind::ended);
}

TEST(Channel, AnyOfSeveralRequestsMayBeAnsweredAndLateAnswersAreDropped) {
  Wired w;
  const auto first = w.channel.post("health", "{}", base::Deadline::never(), {});
  const auto second = w.channel.post("health", "{}", base::Deadline::never(), {});
  w.channel.receive(
      "{\"jsonrpc\":\"2.0\",\"id\":2,\"result\":{}}\n{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}\n");
  EXPECT_EQ(w.channel.await({*first, *second}, base::Deadline::in(20s), {})->id, 2);
  w.answer("{\"jsonrpc\":\"2.0\",\"id\":3,\"result\":{}}\n");
  EXPECT_EQ(w.call()->id, 3);
}

TEST(Channel, StopEndsTheWait) {
  Wired w;
  std::stop_source stop;
  w.wire.on_write = [&] { stop.request_stop(); };
  EXPECT_EQ(w.channel.call("x", "{}", base::Deadline::never(), stop.get_token()).error().kind,
            Kind::cancelled);
}

TEST(Channel, ServerThatDoesNotReadOrIsGone) {
  Wired slow;
  slow.wire.written = ByteStream::Written::timed_out;
  EXPECT_EQ(slow.call().error().detail, "it does not read its stdin");
  Wired gone;
  gone.wire.written = ByteStream::Written::closed;
  EXPECT_EQ(gone.call().error().kind, Kind::ended);
}

TEST(Channel, RequestOverTheLimitIsNotSent) {
  Wired w;
  const auto error =
      w.channel.call("x", "\"" + std::string(kMaxMessage, 'x') + "\"", base::Deadline::in(20s), {}).error();
  EXPECT_EQ(error.kind, Kind::too_large);
  EXPECT_TRUE(w.wire.sent.empty());
}

}  // namespace
}  // namespace executor::rpc
