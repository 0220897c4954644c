#include "docker/client.h"

#include <gtest/gtest.h>

#include "docker/system.h"
#include "tests/support/fake_engine.h"

namespace docker {
namespace {

using tests::ScriptedClient;
using tests::ScriptedTransport;
using tests::soon;

Result<std::unique_ptr<Client>> negotiate(const std::string& ping_version,
                                          const std::string& version_body = {}) {
  auto transport = std::make_unique<ScriptedTransport>();
  transport->answer(200, {}, {{"Api-Version", ping_version}});
  if (!version_body.empty()) transport->answer(200, version_body);
  return Client::connect(std::move(transport), soon());
}

TEST(ClientConnect, OlderEngineGetsItsOwnVersion) {
  EXPECT_EQ((*negotiate("1.41"))->version().text(), "1.41");
}

TEST(ClientConnect, NewerEngineGetsOurs) {
  const auto client = negotiate("1.56", R"({"ApiVersion":"1.56","MinAPIVersion":"1.44"})");
  ASSERT_TRUE(client) << client.error().message;
  EXPECT_EQ((*client)->version(), Client::kNewest);
}

TEST(ClientConnect, EngineThatDroppedOurVersionsIsUnsupported) {
  const auto client = negotiate("1.99", R"({"ApiVersion":"1.99","MinAPIVersion":"1.90"})");
  ASSERT_FALSE(client);
  EXPECT_EQ(client.error().kind, ErrorKind::unsupported);
  EXPECT_EQ(client.error().message, "the engine speaks API 1.90 to 1.99, this client 1.41 to 1.52");
}

TEST(ClientConnect, TooOldEngineIsUnsupported) {
  EXPECT_EQ(negotiate("1.24").error().kind, ErrorKind::unsupported);
}

TEST(ClientConnect, ReleaseIsThatOfThePing) {
  const auto release_behind = [](const std::string& server) {
    auto transport = std::make_unique<ScriptedTransport>();
    transport->answer(200, {}, {{"Api-Version", "1.41"}, {"Server", server}});
    return (*Client::connect(std::move(transport), soon()))->release();
  };
  EXPECT_EQ(release_behind("Docker/20.10.24+dfsg1 (linux)"), "20.10.24+dfsg1");
  EXPECT_EQ(release_behind("Libpod/4.3.1 (linux)"), "4.3.1");
  EXPECT_EQ(release_behind("Docker/27.0.1"), "27.0.1");
  EXPECT_EQ(release_behind("nginx/1.22"), "");
  EXPECT_EQ(release_behind(""), "");
}

TEST(ClientConnect, PingWithoutVersionAsksForIt) {
  const auto client = negotiate("", R"({"ApiVersion":"1.43","MinAPIVersion":"1.24"})");
  ASSERT_TRUE(client);
  EXPECT_EQ((*client)->version().text(), "1.43");
}

TEST(ClientConnect, SomethingElseBehindTheSocketIsNoEngine) {
  const auto client = negotiate("", "<html>hello</html>");
  ASSERT_FALSE(client);
  EXPECT_EQ(client.error().kind, ErrorKind::malformed);
}

TEST(ClientSend, RefusalCarriesStatusAndTheEnginesMessage) {
  ScriptedClient scripted;
  scripted.transport.answer(409, R"({"message":"Conflict."})");
  const auto error = ping(scripted.client, soon()).error();
  EXPECT_TRUE(error.is_status(409));
  EXPECT_EQ(error.describe(), "GET /_ping: 409: Conflict.");
  EXPECT_EQ(scripted.transport.asked(0), "GET /v1.41/_ping");
}

TEST(ClientSend, RefusalWithoutJsonQuotesTheFirstLine) {
  ScriptedClient scripted;
  scripted.transport.answer(502, "Bad gateway\n<html>").answer(500);
  EXPECT_EQ(ping(scripted.client, soon()).error().message, "Bad gateway");
  EXPECT_EQ(ping(scripted.client, soon()).error().message, "no message");
}

TEST(ClientSend, AnswerThatIsNoJsonIsMalformed) {
  ScriptedClient scripted;
  scripted.transport.answer(200, "{\"Version\":");
  EXPECT_EQ(engine_version(scripted.client, soon()).error().kind, ErrorKind::malformed);
}

TEST(Target, EscapesNamesAndValues) {
  EXPECT_EQ(Target("/containers/", "a b/c?", "/json").add("x", "{\"a\"}").add_flag("no", false).text(),
            "/containers/a%20b/c%3F/json?x=%7B%22a%22%7D");
}

TEST(EngineInfo, ReadsLimitsAndRuntimes) {
  ScriptedClient scripted;
  scripted.transport.answer(200, R"({"NCPU":2,"MemTotal":1024,"MemoryLimit":true,"PidsLimit":true,
    "Driver":"overlay2","CgroupVersion":"2","Runtimes":{"runc":{},"crun":{}},
    "SecurityOptions":["name=seccomp,profile=default"],"Warnings":null})");
  const auto info = engine_info(scripted.client, soon());
  ASSERT_TRUE(info);
  EXPECT_EQ(info->cpus, 2);
  EXPECT_TRUE(info->memory_limit);
  EXPECT_FALSE(info->swap_limit);
  EXPECT_EQ(info->runtimes.size(), 2u);
  EXPECT_TRUE(info->warnings.empty());
}

}  // namespace
}  // namespace docker
