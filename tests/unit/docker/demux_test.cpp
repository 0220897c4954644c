#include "docker/demux.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <string>
#include <vector>

namespace docker {
namespace {

std::string frame(char stream, std::string_view payload) {
  const auto size = static_cast<std::uint32_t>(payload.size());
  std::string bytes{stream, 0, 0, 0};
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(size >> shift);
  return bytes.append(payload);
}

struct Collected {
  Demux demux;
  std::string out;
  std::string err;

  bool feed(std::string_view bytes) {
    return demux.feed(bytes, [this](StdStream stream, std::string_view piece) {
      (stream == StdStream::out ? out : err).append(piece);
    });
  }
};

TEST(Demux, SeparatesTheStreams) {
  Collected got;
  EXPECT_TRUE(got.feed(frame(1, "hello ") + frame(2, "oops") + frame(1, "world")));
  EXPECT_TRUE(got.demux.finish());
  EXPECT_EQ(got.out, "hello world");
  EXPECT_EQ(got.err, "oops");
}

TEST(Demux, AnySplitGivesTheSame) {
  EXPECT_TRUE(rc::check([](const std::vector<std::pair<bool, std::string>>& frames) {
    std::string bytes;
    Collected whole;
    for (const auto& [is_err, payload] : frames) bytes += frame(is_err ? 2 : 1, payload);
    RC_ASSERT(whole.feed(bytes));
    Collected pieces;
    std::string_view rest = bytes;
    while (!rest.empty()) {
      const auto n = *rc::gen::inRange<std::size_t>(1, rest.size() + 1);
      RC_ASSERT(pieces.feed(rest.substr(0, n)));
      rest.remove_prefix(n);
    }
    RC_ASSERT(pieces.demux.finish());
    RC_ASSERT(pieces.out == whole.out);
    RC_ASSERT(pieces.err == whole.err);
  }));
}

TEST(Demux, EndWithinAFrameIsSaidForEveryCut) {
  const auto bytes = frame(1, "payload");
  for (std::size_t cut = 1; cut < bytes.size(); ++cut) {
    Collected got;
    EXPECT_TRUE(got.feed(std::string_view(bytes).substr(0, cut)));
    EXPECT_FALSE(got.demux.finish()) << cut;
    EXPECT_FALSE(got.demux.error().empty()) << cut;
  }
}

TEST(Demux, TruncatedFrameSaysHowMuchIsMissing) {
  Collected got;
  got.feed(frame(2, "payload").substr(0, 10));
  got.demux.finish();
  EXPECT_EQ(got.demux.error(), "ended with 5 of 7 bytes of a frame missing");
  EXPECT_EQ(got.err, "pa");
}

TEST(Demux, ImpossibleHeaderIsQuotedAndEndsIt) {
  Collected got;
  EXPECT_FALSE(got.feed("HTTP/1.1 500 Internal"));
  EXPECT_EQ(got.demux.error(), "impossible frame header 48 54 54 50 2f 31 2e 31");
  EXPECT_FALSE(got.feed(frame(1, "late")));
  EXPECT_EQ(got.out, "");
}

TEST(Demux, ClaimedSizeIsNotAllocated) {
  Collected got;
  EXPECT_TRUE(got.feed(std::string_view("\x01\0\0\0\xff\xff\xff\xff", 8)));
  EXPECT_TRUE(got.feed("x"));
  EXPECT_EQ(got.out, "x");
  EXPECT_FALSE(got.demux.finish());
}

TEST(Demux, EmptyFrameIsFine) {
  Collected got;
  EXPECT_TRUE(got.feed(frame(1, "") + frame(1, "a")));
  EXPECT_TRUE(got.demux.finish());
  EXPECT_EQ(got.out, "a");
}

}  // namespace
}  // namespace docker
