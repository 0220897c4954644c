#include "docker/curl_transport.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <thread>

#include "docker/curl_easy.h"
#include "tests/support/fake_engine.h"

namespace docker {
namespace {

using tests::at_once;
using tests::FakeConnection;
using tests::FakeEngine;
using tests::soon;

TEST(CurlTransport, SendsAndReceives) {
  std::string asked;
  FakeEngine engine([&](FakeConnection& connection) {
    asked = connection.read_head();
    asked += connection.read_exactly(4);
    connection.respond(201, "made", "X-Kind: test\r\n");
  });
  CurlTransport transport(engine.endpoint());
  const auto response =
      transport.send({Method::post, "/v1.41/x?y=1", "body", "application/json", {}}, soon(), {});
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->status, 201);
  EXPECT_EQ(response->body, "made");
  EXPECT_EQ(response->header("x-kind"), "test");
  EXPECT_TRUE(asked.starts_with("POST /v1.41/x?y=1 HTTP/1.1\r\n")) << asked;
  EXPECT_NE(asked.find("Content-Type: application/json\r\n"), std::string::npos);
  EXPECT_EQ(asked.find("Expect:"), std::string::npos);
  EXPECT_TRUE(asked.ends_with("\r\n\r\nbody"));
}

TEST(CurlTransport, KeepsTheConnectionForTheNextRequest) {
  std::atomic<int> connections{0};
  FakeEngine engine([&](FakeConnection& connection) {
    ++connections;
    while (!connection.read_head().empty()) connection.respond(200, "ok");
  });
  CurlTransport transport(engine.endpoint());
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(transport.send({Method::get, "/", {}, {}, {}}, soon(), {}));
  EXPECT_EQ(connections, 1);
}

TEST(CurlTransport, AnswerThatNeverComesRunsIntoTheDeadline) {
  FakeEngine engine([](FakeConnection& connection) {
    connection.read_head();
    connection.wait_for_close();
  });
  CurlTransport transport(engine.endpoint());
  const auto response = transport.send({Method::get, "/slow", {}, {}, {}}, at_once(), {});
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::timed_out);
  EXPECT_EQ(response.error().call, "GET /slow");
}

TEST(CurlTransport, StallAfterTheHeadRunsIntoTheDeadline) {
  FakeEngine engine([](FakeConnection& connection) {
    connection.read_head();
    connection.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
    connection.wait_for_close();
  });
  CurlTransport transport(engine.endpoint());
  EXPECT_EQ(transport.send({Method::get, "/", {}, {}, {}}, at_once(), {}).error().kind, ErrorKind::timed_out);
}

TEST(CurlTransport, StopEndsARequestUnderWay) {
  std::stop_source stop;
  FakeEngine engine([&stop](FakeConnection& connection) {
    connection.read_head();
    stop.request_stop();
    connection.wait_for_close();
  });
  CurlTransport transport(engine.endpoint());
  const auto response =
      transport.send({Method::get, "/", {}, {}, {}}, {base::Deadline::never(), stop.get_token()}, {});
  EXPECT_EQ(response.error().kind, ErrorKind::cancelled);
}

TEST(CurlTransport, CutAtEveryByteIsBrokenAndNeverHangs) {
  const std::string whole = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody";
  for (std::size_t cut = 0; cut < whole.size(); ++cut) {
    FakeEngine engine([&](FakeConnection& connection) {
      connection.read_head();
      connection.write(std::string_view(whole).substr(0, cut));
    });
    CurlTransport transport(engine.endpoint());
    const auto response = transport.send({Method::get, "/", {}, {}, {}}, soon(), {});
    ASSERT_FALSE(response) << cut;
    EXPECT_TRUE(response.error().kind == ErrorKind::broken || response.error().kind == ErrorKind::malformed)
        << cut << ": " << response.error().message;
  }
}

TEST(CurlTransport, SinkTakesTheBodyButNotThatOfARefusal) {
  FakeEngine engine([](FakeConnection& connection) {
    const auto head = connection.read_head();
    connection.respond(head.starts_with("GET /fine") ? 200 : 404, "content");
  });
  CurlTransport transport(engine.endpoint());
  std::string taken;
  const auto sink = [&](std::string_view bytes) -> Result<void> {
    taken += bytes;
    return {};
  };
  EXPECT_EQ(transport.send({Method::get, "/fine", {}, {}, {}}, soon(), sink)->body, "");
  EXPECT_EQ(taken, "content");
  taken.clear();
  EXPECT_EQ(transport.send({Method::get, "/other", {}, {}, {}}, soon(), sink)->body, "content");
  EXPECT_EQ(taken, "");
}

TEST(CurlTransport, ErrorOfTheSinkEndsTheRequest) {
  FakeEngine engine([](FakeConnection& connection) {
    connection.read_head();
    connection.respond(200, "content");
  });
  CurlTransport transport(engine.endpoint());
  const auto response =
      transport.send({Method::get, "/", {}, {}, {}}, soon(), [](std::string_view) -> Result<void> {
        return tl::unexpected(Error{ErrorKind::bad_input, 0, {}, "no more"});
      });
  EXPECT_EQ(response.error().message, "no more");
}

TEST(CurlTransport, StreamedBodyIsChunked) {
  std::string head;
  std::string body;
  FakeEngine engine([&](FakeConnection& connection) {
    head = connection.read_head();
    while (!body.ends_with("0\r\n\r\n")) {
      const auto byte = connection.read_exactly(1);
      if (byte.empty()) return;
      body += byte;
    }
    connection.respond(200, "");
  });
  CurlTransport transport(engine.endpoint());
  int pieces = 0;
  Request request{Method::post,
                  "/build",
                  {},
                  "application/x-tar",
                  [&pieces](std::span<char> into) -> Result<std::size_t> {
                    if (pieces++ == 2) return std::size_t{0};
                    into[0] = 'x';
                    return std::size_t{1};
                  }};
  EXPECT_TRUE(transport.send(request, soon(), {}));
  EXPECT_NE(head.find("Transfer-Encoding: chunked"), std::string::npos);
  EXPECT_EQ(body, "1\r\nx\r\n1\r\nx\r\n0\r\n\r\n");
}

TEST(CurlTransport, ErrorOfTheSourceEndsTheRequest) {
  FakeEngine engine([](FakeConnection& connection) { connection.read_all(); });
  CurlTransport transport(engine.endpoint());
  const Request request{Method::post, "/build", {}, {}, [](std::span<char>) -> Result<std::size_t> {
                          return tl::unexpected(Error{ErrorKind::bad_input, 0, {}, "file is gone"});
                        }};
  EXPECT_EQ(transport.send(request, soon(), {}).error().message, "file is gone");
}

TEST(CurlTransport, NobodyListeningIsUnreachableAndNamesTheSocket) {
  Endpoint endpoint;
  endpoint.socket_path = "/nonexistent/engine.sock";
  endpoint.origin = "DOCKER_HOST";
  CurlTransport transport(endpoint);
  const auto response = transport.send({Method::get, "/", {}, {}, {}}, soon(), {});
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::unreachable);
  EXPECT_EQ(response.error().message,
            "no engine answers at unix:///nonexistent/engine.sock (DOCKER_HOST): No such file or directory");
  const auto connection = transport.connect(soon());
  ASSERT_FALSE(connection);
  EXPECT_EQ(connection.error().message, response.error().message);
}

TEST(CurlTransport, PortNobodyListensOnIsUnreachable) {
  Endpoint endpoint;
  endpoint.host = "127.0.0.1";
  endpoint.port = 1;
  CurlTransport transport(endpoint);
  EXPECT_EQ(transport.send({Method::get, "/", {}, {}, {}}, soon(), {}).error().kind, ErrorKind::unreachable);
  EXPECT_EQ(transport.connect(soon()).error().kind, ErrorKind::unreachable);
}

TEST(ConnectError, PermissionIsForbiddenAndNotUnreachable) {
  Endpoint endpoint;
  endpoint.socket_path = "/var/run/docker.sock";
  EXPECT_EQ(connect_error(EACCES, endpoint, "x").kind, ErrorKind::forbidden);
  EXPECT_EQ(connect_error(ECONNREFUSED, endpoint, "x").kind, ErrorKind::unreachable);
}

TEST(CurlTransport, ManyThreadsAtOnce) {
  FakeEngine engine([](FakeConnection& connection) {
    while (!connection.read_head().empty()) connection.respond(200, "ok");
  });
  CurlTransport transport(engine.endpoint());
  std::atomic<int> good{0};
  std::vector<std::jthread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 25; ++j) {
        if (transport.send({Method::get, "/", {}, {}, {}}, soon(), {})) ++good;
      }
    });
  }
  threads.clear();
  EXPECT_EQ(good, 200);
}

}  // namespace
}  // namespace docker
