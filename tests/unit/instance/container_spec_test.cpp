#include "executor/instance/container_spec.h"

#include <gtest/gtest.h>

namespace executor::instance {
namespace {

config::Platform platform() {
  config::Platform p;
  p.name = model::PlatformName("python");
  p.environment = {{"A", "1"}};
  p.tmpfs = {{"/tmp", "size=64m"}};
  return p;
}

Surroundings around() {
  Surroundings a;
  a.run = model::RunId("run");
  a.process = model::ProcessName("Writer");
  a.peers = {model::ProcessName("Writer"), model::ProcessName("reader")};
  a.image_id = "sha256:1";
  return a;
}

TEST(ContainerSpec, IsHardenedByDefault) {
  const auto spec = container_spec(platform(), around());
  EXPECT_EQ(spec.image, "sha256:1");
  EXPECT_EQ(spec.user, "65534:65534");
  EXPECT_TRUE(spec.open_stdin);
  EXPECT_TRUE(spec.no_healthcheck);
  EXPECT_TRUE(spec.host.read_only_root);
  EXPECT_FALSE(spec.host.privileged);
  EXPECT_EQ(spec.host.cap_drop, std::vector<std::string>{"ALL"});
  EXPECT_EQ(spec.host.security_opt, std::vector<std::string>{"no-new-privileges"});
  EXPECT_EQ(spec.host.network_mode, "none");
  EXPECT_EQ(spec.host.ipc_mode, "private");
  EXPECT_EQ(spec.host.cgroupns_mode, "private");
  EXPECT_EQ(spec.host.log_driver, "none");
  EXPECT_EQ(spec.host.memory, std::int64_t{256} << 20);
  EXPECT_EQ(spec.host.pids_limit, 128);
  EXPECT_EQ(spec.environment,
            (std::vector<std::string>{"A=1", "CEXEC_FRAMING=ndjson", "CEXEC_PLATFORM=python",
                                      "CEXEC_PROCESS=Writer", "CEXEC_RUN_ID=run"}));
}

TEST(ContainerSpec, SharedThingsAreJoined) {
  auto a = around();
  a.network = "net";
  a.volume = "vol";
  a.volume_path = "/exchange";
  a.ipc_holder = "c9";
  const auto spec = container_spec(platform(), a);
  EXPECT_EQ(spec.host.network_mode, "net");
  EXPECT_EQ(spec.network_aliases, std::vector<std::string>{"writer"});
  EXPECT_EQ(spec.hostname, "writer");
  EXPECT_EQ(spec.host.ipc_mode, "container:c9");
  EXPECT_EQ(spec.host.volumes.at(0).target, "/exchange");
  EXPECT_EQ(spec.environment.at(1), "CEXEC_EXCHANGE=/exchange");
  EXPECT_EQ(spec.environment.at(3), R"(CEXEC_PEERS={"Writer":"writer","reader":"reader"})");
}

TEST(ContainerSpec, UnsafeModesWinOverWhatIsShared) {
  auto a = around();
  a.network = "net";
  auto p = platform();
  p.network_mode = "host";
  p.ipc = "host";
  const auto spec = container_spec(p, a);
  EXPECT_EQ(spec.host.network_mode, "host");
  EXPECT_TRUE(spec.network_aliases.empty());
  EXPECT_EQ(spec.host.ipc_mode, "host");
}

TEST(HolderSpec, HoldsVolumeAndIpcAndIsHardenedToo) {
  const auto spec = holder_spec("img", {"vol", "/exchange", true, 1024});
  EXPECT_EQ(spec.host.ipc_mode, "shareable");
  EXPECT_EQ(spec.host.shm_size, 1024);
  EXPECT_EQ(spec.host.volumes.at(0).volume, "vol");
  EXPECT_EQ(spec.host.cap_drop, std::vector<std::string>{"ALL"});
  EXPECT_EQ(holder_spec("img", {}).host.ipc_mode, "private");
}

}  // namespace
}  // namespace executor::instance
