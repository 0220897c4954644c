#include "docker/attach.h"

#include <gtest/gtest.h>
#include <poll.h>

#include "base/wait.h"
#include "tests/support/fake_engine.h"

namespace docker {
namespace {

using tests::at_once;
using tests::FakeConnection;
using tests::FakeEngine;
using tests::soon;

const std::string kUpgraded =
    "HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.raw-stream\r\nConnection: Upgrade\r\n"
    "Upgrade: tcp\r\n\r\n";
const std::string kFrames("\x01\0\0\0\0\0\0\x05hello\x02\0\0\0\0\0\0\x04oops", 25);

struct Read {
  std::string out;
  std::string err;
  AttachedStream::State state = AttachedStream::State::open;
};

Read read_to_end(AttachedStream& stream) {
  Read got;
  const auto sink = [&](StdStream which, std::string_view piece) {
    (which == StdStream::out ? got.out : got.err).append(piece);
  };
  got.state = stream.read(sink);
  while (got.state == AttachedStream::State::open) {
    if (base::wait_for(stream.fd(), POLLIN, soon().deadline, {}) != base::Waited::ready) break;
    got.state = stream.read(sink);
  }
  return got;
}

TEST(AttachContainer, AsksForAnUpgradeAndReadsBothStreams) {
  std::string head;
  FakeEngine engine([&](FakeConnection& connection) {
    head = connection.read_head();
    connection.write(kUpgraded + kFrames);  // also bytes behind the head in the same write
  });
  const auto client = engine.client();
  const auto stream = attach_container(client, "c1", soon());
  ASSERT_TRUE(stream) << stream.error().describe();
  const auto got = read_to_end(**stream);
  EXPECT_EQ(got.state, AttachedStream::State::ended);
  EXPECT_EQ(got.out, "hello");
  EXPECT_EQ(got.err, "oops");
  EXPECT_EQ(
      head,
      "POST /v1.41/containers/c1/attach?stream=1&stdin=1&stdout=1&stderr=1 HTTP/1.1\r\nHost: localhost\r\n"
      "Connection: Upgrade\r\nUpgrade: tcp\r\nContent-Length: 0\r\n\r\n");
}

TEST(AttachContainer, OneByteAtATimeIsTheSame) {
  FakeEngine engine([](FakeConnection& connection) {
    connection.read_head();
    connection.write(kUpgraded + kFrames, 1);
  });
  const auto client = engine.client();
  const auto stream = attach_container(client, "c1", soon());
  ASSERT_TRUE(stream);
  EXPECT_EQ(read_to_end(**stream).err, "oops");
}

TEST(AttachContainer, CutAtEveryByteIsAnErrorOrABrokenStream) {
  const auto whole = kUpgraded + kFrames;
  for (std::size_t cut = 0; cut < whole.size(); ++cut) {
    FakeEngine engine([&](FakeConnection& connection) {
      connection.read_head();
      connection.write(std::string_view(whole).substr(0, cut));
    });
    const auto client = engine.client();
    const auto stream = attach_container(client, "c1", soon());
    if (cut < kUpgraded.size()) {
      ASSERT_FALSE(stream) << cut;
      EXPECT_EQ(stream.error().kind, ErrorKind::broken) << cut;
      continue;
    }
    ASSERT_TRUE(stream) << cut;
    const bool between_frames = cut == kUpgraded.size() || cut == kUpgraded.size() + 13;
    EXPECT_EQ(read_to_end(**stream).state,
              between_frames ? AttachedStream::State::ended : AttachedStream::State::broken)
        << cut;
    EXPECT_EQ((*stream)->error().empty(), between_frames);
  }
}

TEST(AttachContainer, RefusalCarriesTheMessage) {
  FakeEngine engine([](FakeConnection& connection) {
    connection.read_head();
    connection.write(
        "HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n"
        "2a\r\n{\"message\":\"No such container: c1, sorry\"}\r\n0\r\n\r\n",
        3);
  });
  const auto client = engine.client();
  const auto stream = attach_container(client, "c1", soon());
  ASSERT_FALSE(stream);
  EXPECT_TRUE(stream.error().is_status(404));
  EXPECT_EQ(stream.error().message, "No such container: c1, sorry");
}

TEST(AttachContainer, StatusBelow400OtherThan101IsMalformed) {
  FakeEngine engine([](FakeConnection& connection) {
    connection.read_head();
    connection.respond(200, "");
  });
  const auto client = engine.client();
  EXPECT_EQ(attach_container(client, "c1", soon()).error().kind, ErrorKind::malformed);
}

TEST(AttachContainer, SilentEngineRunsIntoTheDeadline) {
  FakeEngine engine([](FakeConnection& connection) { connection.wait_for_close(); });
  const auto client = engine.client();
  EXPECT_EQ(attach_container(client, "c1", at_once()).error().kind, ErrorKind::timed_out);
}

TEST(AttachedStream, WriteArrivesAndHalfCloseEndsIt) {
  std::string received;
  FakeEngine engine([&](FakeConnection& connection) {
    connection.read_head();
    connection.write(kUpgraded);
    received = connection.read_all();
    connection.write(kFrames);
  });
  const auto client = engine.client();
  const auto stream = attach_container(client, "c1", soon());
  ASSERT_TRUE(stream);
  EXPECT_TRUE((*stream)->write("to stdin", soon()));
  (*stream)->close_stdin();
  (*stream)->close_stdin();
  EXPECT_EQ(read_to_end(**stream).out, "hello");  // what comes after the half-close still arrives
  EXPECT_EQ(received, "to stdin");
}

TEST(AttachedStream, WriteThatNobodyTakesRunsIntoTheDeadline) {
  FakeEngine engine([](FakeConnection& connection) {
    connection.read_head();
    connection.write(kUpgraded);
    std::stop_source never;
    base::pause_for(std::chrono::milliseconds(300), never.get_token());  // reads nothing meanwhile
  });
  const auto client = engine.client();
  const auto stream = attach_container(client, "c1", soon());
  ASSERT_TRUE(stream);
  const auto written = (*stream)->write(std::string(std::size_t{16} << 20U, 'x'), at_once());
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind, ErrorKind::timed_out);
  EXPECT_NE(written.error().message.find(" of 16777216 bytes were taken"), std::string::npos);
}

TEST(AttachedStream, WriteToOneThatIsGoneIsBroken) {
  FakeEngine engine([](FakeConnection& connection) {
    connection.read_head();
    connection.write(kUpgraded);
  });
  const auto client = engine.client();
  const auto stream = attach_container(client, "c1", soon());
  ASSERT_TRUE(stream);
  ASSERT_EQ(read_to_end(**stream).state, AttachedStream::State::ended);
  EXPECT_EQ((*stream)->write(std::string(1 << 20, 'x'), soon()).error().kind, ErrorKind::broken);
}

}  // namespace
}  // namespace docker
