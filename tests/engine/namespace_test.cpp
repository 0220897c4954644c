// Borrowed network namespaces, with the real engine: what an instance in one can see, and who gets it next.
#include <gtest/gtest.h>

#include "docker/container_inspect.h"
#include "docker/container_lifecycle.h"
#include "docker/images.h"
#include "executor/instance/container_site.h"
#include "tests/support/cexec.h"
#include "tests/support/collected.h"
#include "tests/support/engine.h"

namespace executor::instance {
namespace {

using namespace std::chrono_literals;

/// A server that runs a shell command.
struct Running {
  tests::Collected collected;
  std::unique_ptr<Server> server;
};

struct Lending {
  explicit Lending(std::size_t most) {
    sites = std::make_unique<ContainerSites>(
        tracker, loop,
        std::map<model::PlatformName, model::PlatformImage>{
            {model::PlatformName("p"), {model::PlatformName("p"), tests::kBaseImage, base_id()}}},
        NamespacePool::Size{most, 1000});
    SiteRequest request;
    request.case_id = model::CaseId("features/x.feature:1 a=p");
    request.processes = {model::ProcessName("a")};
    site = sites->make_site(std::move(request));
    EXPECT_TRUE(site->open(tests::patient().deadline, {}));
    platform.name = model::PlatformName("p");
  }
  std::unique_ptr<Running> start(const std::string& command) {
    platform.entrypoint = {"/bin/bash", "-c", command};
    auto running = std::make_unique<Running>();
    running->server = site->make_server({model::ProcessName("a"), &platform, platform.limits});
    const auto started = running->server->start(running->collected, tests::patient().deadline, {});
    EXPECT_TRUE(started) << started.error().reason;
    return running;
  }
  static std::string finish(Running& running) {
    running.server->close_stdin();
    const auto text = running.collected.wait();
    EXPECT_TRUE(running.server->wait(tests::patient().deadline, {}));
    EXPECT_EQ(running.server->dispose(), "");
    return text;
  }
  std::string run(const std::string& command) {
    const auto running = start(command);
    return finish(*running);
  }
  /// The pause containers that lend.
  [[nodiscard]] std::vector<std::string> lenders() const {
    std::vector<std::string> names;
    const auto listed =
        docker::list_containers(tests::engine(), {"io.cexec.run=" + tracker.run().text()}, tests::patient());
    for (const auto& container : listed.value()) {
      if (container.name.ends_with("-shared")) names.push_back(container.name);
    }
    return names;
  }
  static std::string base_id() {
    return docker::inspect_image(tests::engine(), tests::kBaseImage, tests::patient())->id;
  }

  tests::NewObjects objects;
  track::Tracker tracker{tests::engine(), model::RunId(tests::unique_name("lend")), track::current_owner()};
  base::IoLoop loop;
  std::unique_ptr<ContainerSites> sites;
  std::unique_ptr<Site> site;
  config::Platform platform;
};

constexpr const char* kWhich = "readlink /proc/self/ns/net";

TEST(LentNamespace, IsUsedAgainOnceItsBorrowerHasEnded) {
  Lending lending(1);
  const auto first = lending.run(kWhich);
  EXPECT_TRUE(first.starts_with("net:[")) << first;
  EXPECT_EQ(lending.run(kWhich), first);
  EXPECT_EQ(lending.lenders().size(), 1U);
}

TEST(LentNamespace, HasOneLiveBorrowerAtATime) {
  Lending lending(2);
  const auto one = lending.start("readlink /proc/self/ns/net; read -r");
  const auto two = lending.start("readlink /proc/self/ns/net; read -r");
  const auto three = lending.start("readlink /proc/self/ns/net; read -r");  // the pool has no more
  const auto a = Lending::finish(*one);
  const auto b = Lending::finish(*two);
  const auto c = Lending::finish(*three);
  EXPECT_NE(a, b);
  EXPECT_NE(b, c);
  EXPECT_NE(a, c);
  EXPECT_EQ(lending.lenders().size(), 2U);
}

TEST(LentNamespace, ShowsNothingButLoAndNobodysSockets) {
  Lending lending(2);
  // A listener, and an abstract socket, of another live instance.
  const auto other = lending.start(
      "perl -MIO::Socket::INET -e '$l = IO::Socket::INET->new(Listen => 1, LocalAddr => \"127.0.0.1\", "
      "LocalPort => 4711) or die; print \"listens\\n\"; <STDIN>'");
  EXPECT_EQ(lending.run("ls /sys/class/net; wc -l < /proc/net/tcp; wc -l < /proc/net/unix; "
                        "(echo > /dev/tcp/127.0.0.1/4711) 2>&1 | grep -o refused | head -n 1; "
                        "(echo > /dev/tcp/10.0.0.1/80) 2>&1 | grep -o unreachable | head -n 1"),
            "lo\n1\n1\nrefused\nunreachable\n");
  EXPECT_EQ(Lending::finish(*other), "listens\n");
  // The next borrower of the listener's own namespace finds the port free.
  EXPECT_EQ(lending.run("wc -l < /proc/net/tcp; grep -c 4711 /proc/net/tcp"), "1\n0\n");
}

TEST(LentNamespace, CannotBeChangedByItsBorrower) {
  Lending lending(1);
  const auto text = lending.run(
      "grep CapEff /proc/self/status; echo 1 > /proc/sys/net/ipv4/ip_forward; unshare --net true");
  EXPECT_NE(text.find("CapEff:\t0000000000000000"), std::string::npos) << text;
  EXPECT_NE(text.find("Read-only file system"), std::string::npos) << text;
  EXPECT_NE(text.find("unshare failed: Operation not permitted"), std::string::npos) << text;
}

TEST(LentNamespace, WithClosingConnectionsIsNotLentUntilTheyAreGone) {
  Lending lending(2);
  const auto first = lending.run(
      "readlink /proc/self/ns/net; perl -MIO::Socket::INET -e '$l = IO::Socket::INET->new(Listen => 1, "
      "LocalAddr => "
      "\"127.0.0.1\", LocalPort => 4711) or die; $c = IO::Socket::INET->new(\"127.0.0.1:4711\") or die; "
      "$s = $l->accept; close $c; <$s>; close $s'");
  EXPECT_TRUE(first.starts_with("net:[")) << first;
  const auto second = lending.run("readlink /proc/self/ns/net; wc -l < /proc/net/tcp");
  EXPECT_NE(second.substr(0, first.size()), first);
  EXPECT_TRUE(second.ends_with("\n1\n")) << second;
}

TEST(LentNamespace, WhoseLenderHasDiedIsReplaced) {
  Lending lending(1);
  const auto first = lending.run(kWhich);
  ASSERT_EQ(lending.lenders().size(), 1U);
  tests::must(docker::remove_container(tests::engine(), lending.lenders()[0], tests::patient()));
  const auto second = lending.run(kWhich);
  EXPECT_TRUE(second.starts_with("net:[")) << second;
  EXPECT_EQ(lending.lenders().size(), 1U);
}

TEST(LentNamespace, IsRefusedByAPlatformThatSaysNone) {
  Lending lending(1);
  lending.platform.network_mode = "none";
  EXPECT_TRUE(lending.run(kWhich).starts_with("net:["));
  EXPECT_EQ(lending.lenders().size(), 0U);
}

TEST(LentNamespace, IsNotMadeForFewBorrowers) {
  Lending lending(0);
  EXPECT_TRUE(lending.run(kWhich).starts_with("net:["));
  EXPECT_EQ(lending.lenders().size(), 0U);
}

TEST(LentNamespace, PoolLeavesNothing) {
  auto lending = std::make_unique<Lending>(2);
  lending->run(kWhich);
  lending->site.reset();
  lending->sites.reset();
  EXPECT_EQ(lending->objects.names(), std::vector<std::string>());
}

}  // namespace
}  // namespace executor::instance
