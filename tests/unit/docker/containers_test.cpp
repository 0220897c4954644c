#include <gtest/gtest.h>

#include "docker/container_create.h"
#include "docker/container_inspect.h"
#include "docker/container_lifecycle.h"
#include "docker/container_logs.h"
#include "docker/container_stats.h"
#include "tests/support/fake_engine.h"

namespace docker {
namespace {

using tests::ScriptedClient;
using tests::soon;
using namespace std::chrono_literals;

ContainerSpec hardened() {
  ContainerSpec spec;
  spec.name = "c1";
  spec.image = "sha256:abc";
  spec.environment = {"A=1"};
  spec.user = "65534:65534";
  spec.labels = {{"k", "v"}};
  spec.open_stdin = true;
  spec.no_healthcheck = true;
  spec.network_aliases = {"writer"};
  spec.host.memory = 1024;
  spec.host.nano_cpus = 500'000'000;
  spec.host.pids_limit = 16;
  spec.host.read_only_root = true;
  spec.host.cap_drop = {"ALL"};
  spec.host.tmpfs = {{"/tmp", "size=1m"}};
  spec.host.volumes = {{"vol", "/exchange"}};
  spec.host.ulimits = {{"core", 0, 0}};
  spec.host.network_mode = "net1";
  spec.host.log_driver = "none";
  spec.host.blkio.read_bps = {{"/dev/sda", 1000}};
  spec.host.devices = {"/dev/fuse", "/dev/a:/dev/b:r"};
  return spec;
}

TEST(CreateBody, HoldsEveryLimitInTheEnginesWords) {
  EXPECT_EQ(
      create_body(hardened()),
      R"({"Image":"sha256:abc","Env":["A=1"],"User":"65534:65534","Labels":{"k":"v"},"Tty":false,)"
      R"("OpenStdin":true,"StdinOnce":true,"AttachStdin":true,"AttachStdout":true,"AttachStderr":true,)"
      R"("Healthcheck":{"Test":["NONE"]},"HostConfig":{"Memory":1024,"MemorySwap":1024,)"
      R"("NanoCpus":500000000,"PidsLimit":16,"ReadonlyRootfs":true,"Privileged":false,"AutoRemove":false,)"
      R"("RestartPolicy":{"Name":"no"},"CapDrop":["ALL"],"Tmpfs":{"/tmp":"size=1m"},)"
      R"("Devices":[{"PathOnHost":"/dev/fuse","PathInContainer":"/dev/fuse","CgroupPermissions":"rwm"},)"
      R"({"PathOnHost":"/dev/a","PathInContainer":"/dev/b","CgroupPermissions":"r"}],)"
      R"("Mounts":[{"Type":"volume","Source":"vol","Target":"/exchange","ReadOnly":false}],)"
      R"("Ulimits":[{"Name":"core","Soft":0,"Hard":0}],)"
      R"("BlkioDeviceReadBps":[{"Path":"/dev/sda","Rate":1000}],)"
      R"("NetworkMode":"net1","LogConfig":{"Type":"none"}},)"
      R"("NetworkingConfig":{"EndpointsConfig":{"net1":{"Aliases":["writer"]}}}})");
}

TEST(CreateContainer, GivesIdAndWarnings) {
  ScriptedClient scripted;
  scripted.transport.answer(201, R"({"Id":"abc","Warnings":["no swap limit"]})");
  const auto created = create_container(scripted.client, hardened(), soon());
  ASSERT_TRUE(created);
  EXPECT_EQ(created->id, "abc");
  EXPECT_EQ(created->warnings, std::vector<std::string>{"no swap limit"});
  EXPECT_EQ(scripted.transport.asked(0), "POST /v1.41/containers/create?name=c1");
}

TEST(CreateContainer, ConflictNamesTheContainerThatHasTheName) {
  ScriptedClient scripted;
  scripted.transport.answer(409, R"({"message":"Conflict. The container name \"/c1\" is already in use by )"
                                 R"(container \"f00\". You have to remove (or rename) that container"})");
  const auto created = create_container(scripted.client, hardened(), soon());
  ASSERT_FALSE(created);
  EXPECT_EQ(conflicting_container(created.error()), "f00");
  EXPECT_EQ(conflicting_container(Error{ErrorKind::refused, 409, "", "something else"}), "");
  EXPECT_EQ(conflicting_container(Error{ErrorKind::refused, 404, "", "by container \"f00\""}), "");
}

TEST(CreateContainer, AnswerWithoutIdIsMalformed) {
  ScriptedClient scripted;
  scripted.transport.answer(201, "{}");
  EXPECT_EQ(create_container(scripted.client, hardened(), soon()).error().kind, ErrorKind::malformed);
}

TEST(StartContainer, RunningAlreadyIsFine) {
  ScriptedClient scripted;
  scripted.transport.answer(304);
  EXPECT_TRUE(start_container(scripted.client, "c1", soon()));
}

TEST(KillContainer, GoneOrStoppedIsFineOtherRefusalsAreNot) {
  ScriptedClient scripted;
  scripted.transport.answer(404, "{}").answer(409, "{}").answer(500, R"({"message":"no"})");
  EXPECT_TRUE(kill_container(scripted.client, "c1", "SIGTERM", soon()));
  EXPECT_TRUE(kill_container(scripted.client, "c1", "SIGKILL", soon()));
  EXPECT_FALSE(kill_container(scripted.client, "c1", "SIGKILL", soon()));
  EXPECT_EQ(scripted.transport.asked(0), "POST /v1.41/containers/c1/kill?signal=SIGTERM");
}

TEST(StopContainer, RoundsTheGraceUp) {
  ScriptedClient scripted;
  scripted.transport.answer(204);
  EXPECT_TRUE(stop_container(scripted.client, "c1", 1200ms, soon()));
  EXPECT_EQ(scripted.transport.asked(0), "POST /v1.41/containers/c1/stop?t=2");
}

TEST(RemoveContainer, RemovalUnderWayIsAskedForAgainUntilItIsGone) {
  ScriptedClient scripted;
  const std::string busy = R"({"message":"removal of container c1 is already in progress"})";
  scripted.transport.answer(409, busy).answer(409, busy).answer(404, "{}");
  EXPECT_TRUE(remove_container(scripted.client, "c1", soon()));
  EXPECT_EQ(scripted.transport.requests.size(), 3u);
  EXPECT_EQ(scripted.transport.asked(0), "DELETE /v1.41/containers/c1?force=1&v=1");
}

TEST(RemoveContainer, RemovalThatNeverEndsRunsIntoTheDeadline) {
  ScriptedClient scripted;
  for (int i = 0; i < 100; ++i) scripted.transport.answer(409, "{}");
  EXPECT_TRUE(remove_container(scripted.client, "c1", tests::at_once()).error().is_status(409));
}

TEST(InspectContainer, ReadsStateAndIdentity) {
  ScriptedClient scripted;
  scripted.transport.answer(200, R"({"Id":"abc","Name":"/c1","Image":"sha256:1","Config":{"Labels":{"k":"v"}},
    "State":{"Status":"exited","Running":false,"OOMKilled":true,"ExitCode":137,"Error":""},
    "NetworkSettings":{"Networks":{"n":{"IPAddress":"10.0.0.2"},"none":{"IPAddress":""}}}})");
  const auto details = inspect_container(scripted.client, "c1", soon());
  ASSERT_TRUE(details);
  EXPECT_EQ(details->name, "c1");
  EXPECT_TRUE(details->oom_killed);
  EXPECT_EQ(details->exit_code, 137);
  EXPECT_EQ(details->labels.at("k"), "v");
  EXPECT_EQ(details->addresses, (std::map<std::string, std::string>{{"n", "10.0.0.2"}}));
}

TEST(ListContainers, FiltersByLabelAndTakesOffTheSlash) {
  ScriptedClient scripted;
  scripted.transport.answer(
      200, R"([{"Id":"1","Names":["/a"],"State":"running","Created":5,"Labels":{"k":"v"}}])");
  const auto list = list_containers(scripted.client, {"k=v"}, soon());
  ASSERT_TRUE(list);
  ASSERT_EQ(list->size(), 1u);
  EXPECT_EQ(list->front().name, "a");
  EXPECT_EQ(scripted.transport.asked(0),
            "GET /v1.41/containers/json?all=1&filters=%7B%22label%22:%5B%22k%3Dv%22%5D%7D");
}

TEST(ContainerLogs, DemultiplexesAcrossPieces) {
  ScriptedClient scripted;
  scripted.transport.answer(200, std::string("\x01\0\0\0\0\0\0\x02hi\x02\0\0\0\0\0\0\x03"
                                             "err",
                                             21));
  std::string out;
  std::string err;
  const auto done = container_logs(
      scripted.client, "c1", {.tail = 10},
      [&](StdStream stream, std::string_view piece) { (stream == StdStream::out ? out : err).append(piece); },
      soon());
  EXPECT_TRUE(done);
  EXPECT_EQ(out, "hi");
  EXPECT_EQ(err, "err");
  EXPECT_EQ(scripted.transport.asked(0), "GET /v1.41/containers/c1/logs?stdout=1&stderr=1&tail=10");
}

TEST(ContainerLogs, CutStreamIsMalformed) {
  ScriptedClient scripted;
  scripted.transport.answer(200, std::string("\x01\0\0\0\0\0\0\x05hi", 10));
  EXPECT_EQ(container_logs(
                scripted.client, "c1", {}, [](StdStream, std::string_view) {}, soon())
                .error()
                .message,
            "ended with 3 of 5 bytes of a frame missing");
}

TEST(ContainerStats, TakesTheDroppableCacheOff) {
  ScriptedClient scripted;
  scripted.transport
      .answer(200, R"({"memory_stats":{"usage":100,"limit":1000,"stats":{"total_inactive_file":40}},
    "cpu_stats":{"cpu_usage":{"total_usage":7},"throttling_data":{"throttled_time":3}},"pids_stats":{"current":2},
    "blkio_stats":{"io_service_bytes_recursive":[{"op":"read","value":5},{"op":"Write","value":6}]}})")
      .answer(200, R"({"memory_stats":{},"blkio_stats":{"io_service_bytes_recursive":null}})");
  const auto stats = container_stats(scripted.client, "c1", soon());
  ASSERT_TRUE(stats);
  EXPECT_EQ(stats->memory_usage, 60);
  EXPECT_EQ(stats->pids, 2);
  EXPECT_EQ(stats->read_bytes, 5);
  EXPECT_EQ(stats->write_bytes, 6);
  EXPECT_EQ(container_stats(scripted.client, "c1", soon())->memory_usage, 0);
}

}  // namespace
}  // namespace docker
