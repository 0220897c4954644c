#include "docker/http.h"

#include <gtest/gtest.h>

namespace docker {
namespace {

constexpr std::string_view kUpgradeHead =
    "HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.raw-stream\r\nUpgrade: tcp\r\n\r\n";

TEST(HeadReader, EverySplitGivesHeadAndRest) {
  const auto bytes = std::string(kUpgradeHead) + "first bytes";
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    HeadReader head;
    const auto first = head.feed(std::string_view(bytes).substr(0, cut));
    std::string rest;
    if (first == HeadReader::State::more) {
      ASSERT_EQ(head.feed(std::string_view(bytes).substr(cut)), HeadReader::State::done) << cut;
      rest = head.rest();
    } else {
      rest = std::string(head.rest()) + bytes.substr(cut);
    }
    EXPECT_EQ(head.response().status, 101);
    EXPECT_EQ(head.response().header("upgrade"), "tcp");
    EXPECT_EQ(rest, "first bytes") << cut;
  }
}

TEST(HeadReader, ByteByByteIsDoneAtTheLastByte) {
  HeadReader head;
  for (std::size_t i = 0; i + 1 < kUpgradeHead.size(); ++i) {
    ASSERT_EQ(head.feed(kUpgradeHead.substr(i, 1)), HeadReader::State::more) << i;
  }
  EXPECT_EQ(head.feed(kUpgradeHead.substr(kUpgradeHead.size() - 1)), HeadReader::State::done);
}

TEST(HeadReader, GarbageIsMalformed) {
  EXPECT_EQ(HeadReader().feed("SSH-2.0-OpenSSH\r\n\r\n"), HeadReader::State::malformed);
  EXPECT_EQ(HeadReader().feed("HTTP/1.1 abc\r\n\r\n"), HeadReader::State::malformed);
  EXPECT_EQ(HeadReader().feed("HTTP/1.1 200 OK\r\nno colon\r\n\r\n"), HeadReader::State::malformed);
  EXPECT_EQ(HeadReader().feed(std::string(100'000, 'x')), HeadReader::State::malformed);
}

BodyReader reader(std::string_view header) {
  HeadReader head;
  head.feed("HTTP/1.1 200 OK\r\n" + std::string(header) + "\r\n\r\n");
  return BodyReader(head.response());
}

TEST(BodyReader, ChunkedByteByByte) {
  auto body = reader("Transfer-Encoding: chunked");
  const std::string_view bytes = "5;ext=1\r\nhello\r\n6\r\n world\r\n0\r\nTrailer: x\r\n\r\n";
  for (std::size_t i = 0; i + 1 < bytes.size(); ++i) {
    ASSERT_EQ(body.feed(bytes.substr(i, 1)), BodyReader::State::more) << i;
  }
  EXPECT_EQ(body.feed(bytes.substr(bytes.size() - 1)), BodyReader::State::done);
  EXPECT_EQ(body.body(), "hello world");
}

TEST(BodyReader, CountedIsDoneAtItsLength) {
  auto body = reader("Content-Length: 5");
  EXPECT_EQ(body.feed("hell"), BodyReader::State::more);
  EXPECT_EQ(body.feed("o, and more"), BodyReader::State::done);
  EXPECT_EQ(body.body(), "hello");
}

TEST(BodyReader, EmptyCountedIsDoneAtOnce) {
  EXPECT_EQ(reader("Content-Length: 0").feed(""), BodyReader::State::done);
}

TEST(BodyReader, WithoutLengthEndsWithTheConnection) {
  auto body = reader("Connection: close");
  EXPECT_EQ(body.feed("all of it"), BodyReader::State::more);
  EXPECT_EQ(body.finish(), BodyReader::State::done);
  EXPECT_EQ(body.body(), "all of it");
}

TEST(BodyReader, EndWithinABodyIsMalformed) {
  auto counted = reader("Content-Length: 5");
  counted.feed("hell");
  EXPECT_EQ(counted.finish(), BodyReader::State::malformed);
  auto chunked = reader("Transfer-Encoding: chunked");
  chunked.feed("5\r\nhello\r\n");
  EXPECT_EQ(chunked.finish(), BodyReader::State::malformed);
}

TEST(BodyReader, NonsenseIsMalformed) {
  EXPECT_EQ(reader("Content-Length: many").feed("x"), BodyReader::State::malformed);
  EXPECT_EQ(reader("Transfer-Encoding: chunked").feed("zz\r\n"), BodyReader::State::malformed);
  EXPECT_EQ(reader("Connection: close").feed(std::string(100'000, 'x')), BodyReader::State::malformed);
}

}  // namespace
}  // namespace docker
