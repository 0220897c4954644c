#include "docker/exit_watch.h"

#include <gtest/gtest.h>
#include <poll.h>

#include "base/mailbox.h"
#include "base/wait.h"
#include "tests/support/fake_engine.h"

namespace docker {
namespace {

using tests::FakeConnection;
using tests::FakeEngine;
using tests::soon;

const std::string kHead = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

Result<std::optional<ExitStatus>> poll_to_end(ExitWatch& watch) {
  auto status = watch.poll();
  while (status && !*status) {
    if (base::wait_for(watch.fd(), POLLIN, soon().deadline, {}) != base::Waited::ready) break;
    status = watch.poll();
  }
  return status;
}

TEST(WatchExit, ReturnsWithTheHeadersAndTellsTheCodeLater) {
  base::Mailbox<int> exit_now;
  FakeEngine engine([&](FakeConnection& connection) {
    EXPECT_TRUE(connection.read_head().starts_with("POST /v1.41/containers/c1/wait?condition=next-exit "));
    connection.write(kHead);
    exit_now.receive(soon().deadline, {});
    connection.write("20\r\n{\"StatusCode\":137,\"Error\":null}\n\r\n0\r\n\r\n", 5);
    connection.wait_for_close();
  });
  const auto client = engine.client();
  const auto watch = watch_exit(client, "c1", soon());
  ASSERT_TRUE(watch) << watch.error().describe();
  EXPECT_EQ((*watch)->poll().value(), std::nullopt);
  exit_now.send(1);
  const auto status = poll_to_end(**watch);
  ASSERT_TRUE(status && *status) << status.error().message;
  EXPECT_EQ((*status)->code, 137);
  EXPECT_EQ((*status)->error, "");
}

TEST(WatchExit, EngineThatGoesAwayIsBrokenAndNoExit) {
  FakeEngine engine([](FakeConnection& connection) {
    connection.read_head();
    connection.write(kHead + "20\r\n{\"StatusC");
  });
  const auto client = engine.client();
  const auto watch = watch_exit(client, "c1", soon());
  ASSERT_TRUE(watch);
  EXPECT_EQ(poll_to_end(**watch).error().kind, ErrorKind::broken);
}

TEST(WatchExit, AnswerWithoutCodeIsMalformed) {
  FakeEngine engine([](FakeConnection& connection) {
    connection.read_head();
    connection.respond(200, "{}");
  });
  const auto client = engine.client();
  const auto watch = watch_exit(client, "c1", soon());
  ASSERT_TRUE(watch);
  EXPECT_EQ(poll_to_end(**watch).error().kind, ErrorKind::malformed);
}

TEST(WatchExit, MissingContainerIsRefused) {
  FakeEngine engine([](FakeConnection& connection) {
    connection.read_head();
    connection.respond(404, R"({"message":"No such container: c1"})");
  });
  const auto client = engine.client();
  EXPECT_TRUE(watch_exit(client, "c1", soon()).error().is_status(404));
}

}  // namespace
}  // namespace docker
