#include "executor/instance/process_site.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <fstream>

#include "base/json.h"
#include "tests/support/temp_folder.h"

namespace executor::instance {
namespace {

using namespace std::chrono_literals;

struct Silent : Output {
  void on_stdout(std::string_view) override {}
  void on_stderr(std::string_view) override {}
  void on_end(const std::string&) override {}
};

class ProcessSiteTest : public testing::Test {
 protected:
  ProcessSiteTest() {
    std::ignore = std::signal(SIGPIPE, SIG_IGN);
    platform.name = model::PlatformName("p");
  }

  std::unique_ptr<Site> open(bool network, bool volume) {
    SiteRequest request;
    request.processes = {model::ProcessName("Writer"), model::ProcessName("reader")};
    request.sharing.network = network;
    if (volume) request.sharing.volume = "/exchange";
    auto site = sites.make_site(std::move(request));
    EXPECT_TRUE(site->open(base::Deadline::in(30s), {}));
    return site;
  }
  /// What a server that plays `writer` has of a variable; "-" if it has none.
  std::string variable(Site& site, const std::string& name) {
    const auto file = folder.path() / "value";
    platform.process = {"sh", "-c", "printf %s \"${" + name + "--}\" > " + file.string()};
    const auto server = site.make_server({model::ProcessName("Writer"), &platform, {0, 0, 0}});
    Silent silent;
    const auto started = server->start(silent, base::Deadline::in(30s), {});
    EXPECT_TRUE(started) << started.error().reason;
    EXPECT_EQ(server->wait(base::Deadline::in(30s), {}).value()->code, 0);
    EXPECT_EQ(server->dispose(), "");
    return tests::read_file(file);
  }
  std::vector<std::string> addresses(Site& site) {
    const auto peers = base::json::parse(variable(site, "CEXEC_PEERS")).value();
    return {base::json::string_or(base::json::find(&peers, "Writer")),
            base::json::string_or(base::json::find(&peers, "reader"))};
  }

  tests::TempFolder folder;
  tests::TempFolder run_folder;
  config::Platform platform;
  track::Children children;
  Cgroups cgroups{"none", {}, [](const auto&) {}};
  base::IoLoop loop;
  ProcessLauncher launcher{children};
  ProcessHost host{children, launcher, cgroups, loop};
  ProcessSites sites{host, model::RunId("run-1"), folder.path(), run_folder.path()};
};

TEST_F(ProcessSiteTest, NothingIsSharedUnasked) {
  const auto site = open(false, false);
  EXPECT_EQ(variable(*site, "CEXEC_EXCHANGE"), "-");
  EXPECT_EQ(variable(*site, "CEXEC_PEERS"), "-");
  EXPECT_TRUE(std::filesystem::is_empty(run_folder.path()));
  EXPECT_EQ(site->close(), std::vector<std::string>());
}

TEST_F(ProcessSiteTest, EnvironmentIsThatOfAContainerAndNotTheShells) {
  ::setenv("CEXEC_TEST_SECRET", "x", 1);
  ::setenv("LC_TEST", "kept", 1);
  platform.environment = {{"LOG", "debug"}, {"HOME", "/nowhere"}};
  const auto site = open(false, false);
  EXPECT_EQ(variable(*site, "CEXEC_PROCESS"), "Writer");
  EXPECT_EQ(variable(*site, "CEXEC_PLATFORM"), "p");
  EXPECT_EQ(variable(*site, "CEXEC_RUN_ID"), "run-1");
  EXPECT_EQ(variable(*site, "CEXEC_FRAMING"), "ndjson");
  EXPECT_EQ(variable(*site, "LOG"), "debug");
  EXPECT_EQ(variable(*site, "HOME"), "/nowhere");
  EXPECT_EQ(variable(*site, "LC_TEST"), "kept");
  EXPECT_EQ(variable(*site, "CEXEC_TEST_SECRET"), "-");
}

TEST_F(ProcessSiteTest, SharedFolderIsTheCasesOwnAndGoesWithIt) {
  const auto one = open(false, true);
  const auto other = open(false, true);
  const auto first = variable(*one, "CEXEC_EXCHANGE");
  EXPECT_NE(first, variable(*other, "CEXEC_EXCHANGE"));
  EXPECT_TRUE(first.starts_with(run_folder.path().string() + "/")) << first;
  std::ofstream(first + "/file") << "x";
  std::filesystem::create_directories(first + "/a/b");
  EXPECT_EQ(one->close(), std::vector<std::string>());
  EXPECT_FALSE(std::filesystem::exists(first));
  EXPECT_EQ(other->close(), std::vector<std::string>());
}

TEST_F(ProcessSiteTest, CleanFolderIsTheSameFolderAndEmpty) {
  const auto site = open(false, true);
  const auto folder_name = variable(*site, "CEXEC_EXCHANGE");
  std::ofstream(folder_name + "/file") << "x";
  std::filesystem::create_directories(folder_name + "/a/b");
  EXPECT_TRUE(site->clean(base::Deadline::in(30s), {}));
  EXPECT_EQ(variable(*site, "CEXEC_EXCHANGE"), folder_name);
  EXPECT_TRUE(std::filesystem::is_empty(folder_name));
  const auto nothing_shared = open(false, false);
  EXPECT_TRUE(nothing_shared->clean(base::Deadline::in(30s), {}));
}

TEST_F(ProcessSiteTest, EachProcessOfEachCaseHasAnAddressOfItsOwn) {
  const auto one = open(true, false);
  const auto other = open(true, false);
  auto all = addresses(*one);
  const auto more = addresses(*other);
  EXPECT_EQ(addresses(*one), all);  // the same for every start
  all.insert(all.end(), more.begin(), more.end());
  for (const auto& address : all) EXPECT_TRUE(address.starts_with("127.")) << address;
  std::sort(all.begin(), all.end());
  EXPECT_EQ(std::unique(all.begin(), all.end()), all.end());
}

TEST_F(ProcessSiteTest, SamePortIsFreeForEachAddress) {
  const auto site = open(true, false);
  const std::string serve =
      "import json,os,socket;"
      "a=json.loads(os.environ[\"CEXEC_PEERS\"]);"
      "s=[socket.create_server((h,4741)) for h in a.values()];"
      "c=socket.create_connection((a[\"reader\"],4741));"
      "raise SystemExit(0)";
  platform.process = {"python3", "-S", "-c", serve};
  const auto server = site->make_server({model::ProcessName("Writer"), &platform, {0, 0, 0}});
  Silent silent;
  ASSERT_TRUE(server->start(silent, base::Deadline::in(30s), {}));
  EXPECT_EQ(server->wait(base::Deadline::in(30s), {}).value()->code, 0);
}

TEST_F(ProcessSiteTest, FolderThatCannotBeMadeIsTold) {
  ProcessSites nowhere(host, model::RunId("run-1"), folder.path(), "/proc/nowhere");
  SiteRequest request;
  request.sharing.volume = "/exchange";
  const auto site = nowhere.make_site(std::move(request));
  const auto opened = site->open(base::Deadline::in(30s), {});
  ASSERT_FALSE(opened);
  EXPECT_TRUE(opened.error().reason.starts_with("the case's folder could not be made: /proc/nowhere/"))
      << opened.error().reason;
}

}  // namespace
}  // namespace executor::instance
