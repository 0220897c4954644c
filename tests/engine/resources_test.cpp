// docker/ against the real engine: networks, volumes, events, the engine itself.
#include <gtest/gtest.h>
#include <poll.h>

#include <thread>

#include "base/wait.h"
#include "docker/attach.h"
#include "docker/container_inspect.h"
#include "docker/container_lifecycle.h"
#include "docker/events.h"
#include "docker/networks.h"
#include "docker/system.h"
#include "docker/volumes.h"
#include "tests/support/engine.h"

namespace docker {
namespace {

using tests::Containers;
using tests::engine;
using tests::patient;
using tests::shell;

/// Starts a container and returns all of its output, both streams, at its end.
std::string output_of(Containers& containers, ContainerSpec spec) {
  const auto id = containers.create(std::move(spec));
  const auto stream = attach_container(engine(), id, patient()).value();
  tests::must(start_container(engine(), id, patient()));
  std::string all;
  const auto sink = [&all](StdStream, std::string_view bytes) { all += bytes; };
  while (stream->read(sink) == AttachedStream::State::open) {
    if (base::wait_for(stream->fd(), POLLIN, patient().deadline, {}) != base::Waited::ready) break;
  }
  return all;
}

TEST(EngineSystem, SaysWhatItIs) {
  EXPECT_TRUE(ping(engine(), patient()));
  const auto version = engine_version(engine(), patient());
  ASSERT_TRUE(version);
  EXPECT_FALSE(version->version.empty());
  EXPECT_FALSE(version->kernel.empty());
  EXPECT_LE(engine().version(), Client::kNewest);
  const auto info = engine_info(engine(), patient());
  ASSERT_TRUE(info);
  EXPECT_GT(info->memory_bytes, 0);
  EXPECT_GT(info->cpus, 0);
  EXPECT_TRUE(info->memory_limit);
  EXPECT_TRUE(info->pids_limit);
}

TEST(EngineNetworks, InternalOneLetsContainersFindEachOtherByAlias) {
  const auto name = tests::unique_name("net");
  const auto id =
      create_network(engine(), {.name = name, .labels = {{"io.cexec.test.net", name}}}, patient());
  ASSERT_TRUE(id) << id.error().describe();
  EXPECT_EQ(list_networks(engine(), {"io.cexec.test.net=" + name}, patient())->at(0).name, name);
  {
    Containers containers;
    auto spec = shell("sleep 600");
    spec.host.network_mode = name;
    spec.network_aliases = {"writer"};
    const auto writer = containers.create(std::move(spec));
    tests::must(start_container(engine(), writer, patient()));
    const auto address = inspect_container(engine(), writer, patient())->addresses.at(name);
    auto asking = shell("getent hosts writer");
    asking.host.network_mode = name;
    EXPECT_NE(output_of(containers, std::move(asking)).find(address), std::string::npos);
    EXPECT_FALSE(remove_network(engine(), name, patient()));  // in use
  }
  EXPECT_TRUE(remove_network(engine(), name, patient()));
  EXPECT_TRUE(remove_network(engine(), name, patient()));
}

TEST(EngineVolumes, TmpfsIsSharedLimitedAndEmptiedWithItsLastContainer) {
  const auto name = tests::unique_name("volume");
  const auto created = create_volume(
      engine(), tmpfs_volume(name, std::int64_t{1} << 20, {{"io.cexec.test.volume", name}}), patient());
  ASSERT_TRUE(created) << created.error().describe();
  EXPECT_EQ(list_volumes(engine(), {"io.cexec.test.volume=" + name}, patient())->at(0).name, name);
  {
    Containers containers;
    const auto with_volume = [&](const std::string& command) {
      auto spec = shell(command);
      spec.user = "65534:65534";
      spec.host.volumes = {{name, "/exchange"}};
      return spec;
    };
    const auto holder = containers.create(with_volume("sleep 600"));
    tests::must(start_container(engine(), holder, patient()));
    EXPECT_EQ(output_of(containers, with_volume("echo hello > /exchange/a && cat /exchange/a")), "hello\n");
    EXPECT_EQ(output_of(containers, with_volume("cat /exchange/a")), "hello\n");
    EXPECT_NE(output_of(containers, with_volume("head -c 2m /dev/zero > /exchange/b")).find("No space left"),
              std::string::npos);
    EXPECT_FALSE(remove_volume(engine(), name, patient()));  // in use
    tests::must(remove_container(engine(), holder, patient()));
    EXPECT_EQ(output_of(containers, with_volume("ls /exchange")), "");
  }
  EXPECT_TRUE(remove_volume(engine(), name, patient()));
  EXPECT_TRUE(remove_volume(engine(), name, patient()));
}

TEST(EngineEvents, LifeOfAContainerIsSeen) {
  const auto label = tests::unique_name("events");
  std::vector<std::string> actions;
  Result<void> followed;
  std::jthread follower([&] {
    followed = follow_events(
        engine(),
        {.filters = {{"label", {"io.cexec.test.events=" + label}}, {"type", {"container"}}}, .since = "0"},
        [&](const EngineEvent& event) {
          actions.push_back(event.action);
          return event.action != "destroy";
        },
        patient());
  });
  Containers containers;
  auto spec = shell("exit 5");
  spec.labels["io.cexec.test.events"] = label;
  const auto id = containers.create(std::move(spec));
  const auto stream = attach_container(engine(), id, patient()).value();
  tests::must(start_container(engine(), id, patient()));
  while (stream->read([](StdStream, std::string_view) {}) == AttachedStream::State::open) {
    base::wait_for(stream->fd(), POLLIN, patient().deadline, {});
  }
  tests::must(remove_container(engine(), id, patient()));
  follower.join();
  EXPECT_TRUE(followed) << followed.error().describe();
  const auto has = [&](const char* action) {
    return std::find(actions.begin(), actions.end(), action) != actions.end();
  };
  EXPECT_TRUE(has("create") && has("start") && has("die") && has("destroy"));
}

}  // namespace
}  // namespace docker
