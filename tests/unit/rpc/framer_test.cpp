#include "executor/rpc/framer.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace executor::rpc {
namespace {

struct Fed {
  explicit Fed(Framing framing) : framer(framing) {}
  bool feed(std::string_view bytes) {
    return framer.feed(bytes, [this](std::string_view message) { messages.emplace_back(message); });
  }
  Framer framer;
  std::vector<std::string> messages;
};

TEST(Framer, AnySplitGivesTheSameMessages) {
  EXPECT_TRUE(rc::check([](const std::vector<std::string>& texts, bool counted) {
    const auto framing = counted ? Framing::content_length : Framing::ndjson;
    std::vector<std::string> sent;
    std::string bytes;
    for (const auto& text : texts) {
      std::string message = "x" + text;
      if (!counted) std::erase_if(message, [](char c) { return c == '\n' || c == '\r'; });
      bytes += framed(framing, message);
      sent.push_back(message);
    }
    Fed got(framing);
    std::string_view rest = bytes;
    while (!rest.empty()) {
      const auto n = *rc::gen::inRange<std::size_t>(1, rest.size() + 1);
      RC_ASSERT(got.feed(rest.substr(0, n)));
      rest.remove_prefix(n);
    }
    RC_ASSERT(got.messages == sent);
    RC_ASSERT(got.framer.pending().empty());
  }));
}

TEST(FramerLines, CarriageReturnsAndEmptyLinesAreTolerated) {
  Fed got(Framing::ndjson);
  EXPECT_TRUE(got.feed("{}\r\n\n  \r\n[]\n"));
  EXPECT_EQ(got.messages, (std::vector<std::string>{"{}", "[]"}));
}

TEST(FramerLines, HalfALineIsPending) {
  Fed got(Framing::ndjson);
  got.feed("{\"jsonrpc\":\"2.0\",");
  EXPECT_EQ(got.framer.pending(), "wrote 17 bytes and no newline: {\"jsonrpc\":\"2.0\",");
}

TEST(FramerLines, LineOverTheLimitIsRefusedWithoutCollectingIt) {
  Fed got(Framing::ndjson);
  const std::string piece(std::size_t{1} << 20U, 'x');
  bool fine = true;
  int pieces = 0;
  for (; fine && pieces < 100; ++pieces) fine = got.feed(piece);
  EXPECT_EQ(pieces, 17);
  EXPECT_TRUE(got.framer.error().starts_with("wrote a message of more than 16 MiB: xxxx"));
  EXPECT_FALSE(got.feed("{}\n"));
  EXPECT_TRUE(got.messages.empty());
}

TEST(FramerLines, MessageOfExactlyTheLimitIsFine) {
  Fed got(Framing::ndjson);
  EXPECT_TRUE(got.feed(std::string(kMaxMessage, 'x') + "\n"));
  EXPECT_EQ(got.messages.at(0).size(), kMaxMessage);
}

TEST(FramerCounted, HeaderNamesWithoutRegardToCaseAndOthersPassedOver) {
  Fed got(Framing::content_length);
  EXPECT_TRUE(got.feed("X-Other: 1\r\ncontent-LENGTH:  2\r\nContent-Type: x\r\n\r\n{}"));
  EXPECT_EQ(got.messages, std::vector<std::string>{"{}"});
}

TEST(FramerCounted, WrongHeadersAreNamed) {
  Fed missing(Framing::content_length);
  EXPECT_FALSE(missing.feed("Hello: world\r\n\r\n"));
  EXPECT_EQ(missing.framer.error(), "wrote a header without a Content-Length: Hello: world\\r\\n\\r\\n");
  Fed nonsense(Framing::content_length);
  EXPECT_FALSE(nonsense.feed("Content-Length: 5x\r\n\r\n"));
  Fed huge(Framing::content_length);
  EXPECT_FALSE(huge.feed("Content-Length: 99999999999\r\n\r\n"));
  EXPECT_TRUE(huge.framer.error().starts_with("wrote a message of more than 16 MiB"));
  Fed endless(Framing::content_length);
  EXPECT_FALSE(endless.feed(std::string(9000, 'h')));
}

TEST(FramerCounted, PendingSaysWhereItStands) {
  Fed got(Framing::content_length);
  got.feed("Content-");
  EXPECT_EQ(got.framer.pending(), "wrote 8 bytes of a header: Content-");
  got.feed("Length: 61\r\n\r\n{\"id\"");
  EXPECT_EQ(got.framer.pending(), "wrote 5 of 61 bytes of a message: {\"id\"");
}

}  // namespace
}  // namespace executor::rpc
