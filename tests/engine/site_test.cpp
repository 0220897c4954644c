// What the instances of one case share, with the real engine: made before, seen by all, gone after.
#include <gtest/gtest.h>
#include <unistd.h>

#include "docker/images.h"
#include "executor/instance/container_site.h"
#include "tests/support/cexec.h"
#include "tests/support/collected.h"
#include "tests/support/engine.h"

namespace executor::instance {
namespace {

using namespace std::chrono_literals;

struct Case {
  explicit Case(config::Sharing sharing, bool outlives = false) {
    SiteRequest request;
    request.case_id = model::CaseId("features/x.feature:1 a=p b=p");
    request.sharing = std::move(sharing);
    request.processes = {model::ProcessName("a"), model::ProcessName("b")};
    request.shm_size = 1 << 20;
    request.outlives_instances = outlives;
    site = sites.make_site(std::move(request));
    const auto opened = site->open(tests::patient().deadline, {});
    if (!opened) throw std::runtime_error(opened.error().reason);
  }
  /// Runs a shell command as the server of a process; its output, both streams.
  std::string run(const std::string& process, const std::string& command) {
    config::Platform platform;
    platform.name = model::PlatformName("p");
    platform.entrypoint = {"/bin/sh", "-c", command};
    tests::Collected collected;
    const auto server = site->make_server({model::ProcessName(process), &platform, platform.limits});
    const auto started = server->start(collected, tests::patient().deadline, {});
    EXPECT_TRUE(started) << started.error().reason;
    const auto text = collected.wait();
    EXPECT_EQ(server->dispose(), "");
    return text;
  }

  tests::NewObjects objects;
  track::Tracker tracker{tests::engine(), model::RunId(tests::unique_name("site")), track::current_owner()};
  base::IoLoop loop;
  ContainerSites sites{
      tracker, loop, {{model::PlatformName("p"), {model::PlatformName("p"), tests::kBaseImage, base_id()}}}};
  std::unique_ptr<Site> site;

 private:
  static std::string base_id() {
    return docker::inspect_image(tests::engine(), tests::kBaseImage, tests::patient())->id;
  }
};

TEST(Site, NothingIsSharedUnlessItIsAskedFor) {
  Case c({});
  EXPECT_EQ(c.run("a", "echo x > /dev/shm/x; ls /dev/shm; ls -d /exchange 2>&1; env | grep -c CEXEC_PEERS"),
            "x\nls: cannot access '/exchange': No such file or directory\n0\n");
  EXPECT_EQ(c.run("b", "ls /dev/shm"), "");
  EXPECT_TRUE(c.site->close().empty());
}

TEST(Site, VolumeOutlivesItsContainersWhereTheCaseNeedsThat) {
  config::Sharing sharing;
  sharing.volume = "/exchange";
  sharing.volume_size = 1 << 20;
  {
    Case c(sharing, true);
    EXPECT_EQ(c.run("a", "echo from a > $CEXEC_EXCHANGE/x; echo written"), "written\n");
    EXPECT_EQ(c.run("b", "cat /exchange/x; rm /exchange/x && echo removed"), "from a\nremoved\n");
    EXPECT_NE(c.run("a", "head -c 2m /dev/zero > /exchange/big").find("No space left"), std::string::npos);
    EXPECT_FALSE(c.objects.names().empty());
    EXPECT_TRUE(c.site->close().empty());
    EXPECT_EQ(c.objects.names(), std::vector<std::string>());
  }
  Case next(sharing, true);
  EXPECT_EQ(next.run("b", "ls /exchange"), "");  // of its own
}

TEST(Site, IpcNamespaceIsShared) {
  config::Sharing sharing;
  sharing.ipc = true;
  Case c(sharing);
  EXPECT_EQ(c.run("a", "echo from a > /dev/shm/x; ipcmk -Q | sed 's/:.*//'"), "Message queue id\n");
  EXPECT_EQ(
      c.run("b",
            "cat /dev/shm/x; ipcs -q | grep -c ^0x; df -k /dev/shm | tail -1 | tr -s ' ' | cut -d' ' -f2"),
      "from a\n1\n1024\n");
  EXPECT_TRUE(c.site->close().empty());
  EXPECT_EQ(c.objects.names(), std::vector<std::string>());
}

TEST(Site, NetworkGivesNamesToTheProcesses) {
  config::Sharing sharing;
  sharing.network = true;
  Case c(sharing);
  EXPECT_EQ(c.run("a", "getent hosts a | grep -c . ; echo $CEXEC_PEERS; hostname"),
            "1\n{\"a\":\"a\",\"b\":\"b\"}\na\n");
  EXPECT_TRUE(c.site->close().empty());
  EXPECT_EQ(c.objects.names(), std::vector<std::string>());
}

TEST(Site, WhatAServerUsesIsKnownWhileItRunsAndAfterItsEnd) {
  Case c({});
  config::Platform platform;
  platform.name = model::PlatformName("p");
  platform.entrypoint = {"/bin/sh", "-c", "x=$(head -c 4000000 /dev/zero | tr '\\0' x); read line"};
  tests::Collected collected;
  const auto server = c.site->make_server({model::ProcessName("a"), &platform, platform.limits});
  ASSERT_TRUE(server->start(collected, tests::patient().deadline, {}));
  const auto soon = tests::patient().deadline;
  while (server->measured().peak.memory < 4'000'000 && !soon.passed()) {
    server->measure();
    ::usleep(1000);
  }
  server->close_stdin();
  collected.wait();
  const auto measured = server->measured();
  EXPECT_NE(measured.by, model::MeasuredBy::nothing);
  EXPECT_GT(measured.peak.memory, 4'000'000);
  EXPECT_LT(measured.peak.memory, std::int64_t{256} << 20U);
  EXPECT_GT(measured.peak.cpu_nanoseconds, 0);
  EXPECT_GE(measured.peak.pids, 1);
  EXPECT_FALSE(measured.samples.empty());
  EXPECT_EQ(server->dispose(), "");
}

TEST(Site, EngineThatCannotMakeItLeavesNothing) {
  const tests::NewObjects objects;
  config::Sharing sharing;
  sharing.volume = "not/absolute";
  Case c(sharing);
  config::Platform platform;
  platform.name = model::PlatformName("p");
  tests::Collected collected;
  const auto server = c.site->make_server({model::ProcessName("a"), &platform, platform.limits});
  const auto started = server->start(collected, tests::patient().deadline, {});
  ASSERT_FALSE(started);
  EXPECT_TRUE(started.error().reason.starts_with("the container of 'a' could not be created: "))
      << started.error().reason;
  EXPECT_EQ(server->dispose(), "");
  EXPECT_TRUE(c.site->close().empty());
  EXPECT_EQ(objects.names(), std::vector<std::string>());
}

}  // namespace
}  // namespace executor::instance
