#include "executor/config/loader.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/support/temp_folder.h"

namespace executor::config {
namespace {

using namespace std::chrono_literals;

class Load : public testing::Test {
 protected:
  tl::expected<Config, std::vector<ConfigError>> load_text(const std::string& text) {
    return load(folder_.write("cexec.yaml", text), [](const std::string& name) -> std::optional<std::string> {
      if (name == "TOKEN") return "from outside";
      return std::nullopt;
    });
  }

  Config good(const std::string& text) {
    auto config = load_text(text);
    if (!config) {
      ADD_FAILURE() << config.error().front().text();
      return {};
    }
    return std::move(*config);
  }

  /// Without the folder in front.
  std::vector<std::string> errors(const std::string& text) {
    const auto config = load_text(text);
    std::vector<std::string> list;
    if (config) return list;
    for (const auto& error : config.error())
      list.push_back(error.text().substr(folder_.path().string().size() + 1));
    return list;
  }

  std::string error(const std::string& text) {
    const auto list = errors(text);
    if (list.size() == 1) return list.front();
    ADD_FAILURE() << list.size() << " errors";
    for (const auto& line : list) ADD_FAILURE() << line;
    return {};
  }

  /// A platform `p` with one more line in its entry, in line 4.
  static std::string with_platform_line(const std::string& line) {
    return "version: 1\nplatforms:\n  p: {image: a}\n  q:\n    image: a\n    " + line + "\n";
  }

  tests::TempFolder folder_;
};

TEST_F(Load, TheExampleOfTheDesign) {
  const auto config = good(R"(version: 1
features: [features]
mode: container-seq
default_process: main
defaults:
  mem_limit: 128m
  cpus: 0.5
  pids_limit: 64
platforms:
  python:
    build: images/python
    process: [python3, images/python/server.py]
    framing: ndjson
    os: linux
    environment: {LOG: debug}
  cpp:
    build: {context: images/cpp, dockerfile: Other, args: {A: b}, network: host}
    framing: content-length
    mem_limit: 1g
    command: run --fast "two words"
    entrypoint: [/x]
    user: "1000:1000"
    working_dir: /w
    ulimits: {nofile: 100, core: {soft: 1, hard: 2}}
    read_only: false
    tmpfs: [/run, "/tmp:size=1m"]
    cap_add: [NET_RAW]
    security_opt: [seccomp=unconfined]
    shm_size: 1m
    init: true
    stop_grace_period: 1m30s
    blkio_config: {weight: 300, device_read_bps: [{path: /dev/sda, rate: 12mb}]}
    runtime: crun
    healthcheck: {disable: true}
    restart: "no"
    environment: [A=1, "TOKEN", "MISSING"]
scenario:
  network: shared
  ipc: private
  volume: {path: /data, size: 16m}
matrix:
  combine: all
  exclude: [{writer: python, reader: [python, cpp]}]
profiles:
  ci: {retries: 2, report: [github, "junit:report.xml"], fail_fast: true}
)");
  ASSERT_EQ(config.platforms.size(), 2u);
  EXPECT_EQ(config.mode, Mode::container_seq);
  EXPECT_EQ(config.default_process->text(), "main");
  EXPECT_EQ(config.features.at(0), folder_.path() / "features");
  const auto& python = config.platforms[0];
  EXPECT_EQ(python.name.text(), "python");
  EXPECT_EQ(python.limits.memory, std::int64_t{128} << 20);
  EXPECT_EQ(python.limits.nano_cpus, 500'000'000);
  EXPECT_EQ(python.limits.pids, 64);
  EXPECT_EQ(python.build->context, folder_.path() / "images/python");
  EXPECT_EQ(python.environment.at("LOG"), "debug");
  EXPECT_EQ(python.tmpfs.at("/tmp"), "size=64m,nosuid,nodev,mode=1777");
  EXPECT_EQ(python.ulimits.at(0).name, "core");
  EXPECT_EQ(python.user, "65534:65534");
  const auto& cpp = config.platforms[1];
  EXPECT_EQ(cpp.framing, Framing::content_length);
  EXPECT_EQ(cpp.build->dockerfile, "Other");
  EXPECT_EQ(cpp.build->network, "host");
  EXPECT_EQ(cpp.limits.memory, std::int64_t{1} << 30);
  EXPECT_EQ(cpp.command, (std::vector<std::string>{"run", "--fast", "two words"}));
  EXPECT_EQ(cpp.ulimits.size(), 2u);
  EXPECT_FALSE(cpp.read_only);
  EXPECT_EQ(cpp.tmpfs.at("/tmp"), "size=1m");
  EXPECT_EQ(cpp.stop_grace_period, 90s);
  EXPECT_EQ(cpp.blkio.read_bps.at(0).rate, std::int64_t{12} << 20);
  EXPECT_EQ(cpp.environment, (std::map<std::string, std::string>{{"A", "1"}, {"TOKEN", "from outside"}}));
  EXPECT_TRUE(config.scenario.network);
  EXPECT_EQ(config.scenario.volume, "/data");
  EXPECT_EQ(config.scenario.volume_size, std::int64_t{16} << 20);
  EXPECT_EQ(config.matrix.exclude.at(0).where.at(ProcessName("reader")).size(), 2u);
  EXPECT_EQ(config.profiles.at("ci").at(1).values.at(1), "junit:report.xml");
}

TEST_F(Load, MinimalFileHasTheBuiltInDefaults) {
  const auto config = good("version: 1\nplatforms:\n  a: {image: x}\n");
  EXPECT_EQ(config.platforms.at(0).limits.memory, std::int64_t{256} << 20);
  EXPECT_EQ(config.platforms.at(0).cap_drop, std::vector<std::string>{"ALL"});
  EXPECT_EQ(config.features.at(0), folder_.path() / "features");
  EXPECT_EQ(config.scenario.volume, "");
}

TEST_F(Load, UnknownKeysNameTheNearestOne) {
  EXPECT_EQ(error(with_platform_line("mem_limt: 5m")),
            "cexec.yaml:6: platforms.q.mem_limt: unknown key; did you mean 'mem_limit'?");
  EXPECT_EQ(error("version: 1\nplatfroms:\n  a: {image: x}\nplatforms: {p: {image: x}}\n"),
            "cexec.yaml:2: platfroms: unknown key; did you mean 'platforms'?");
  EXPECT_EQ(error("version: 1\nplatforms: {p: {image: x}}\nscenario: {zzz: 1}\n"),
            "cexec.yaml:3: scenario.zzz: unknown key; known here: ipc, network or volume");
}

TEST_F(Load, WrongTypesSayWhatIsExpectedAndFound) {
  EXPECT_EQ(error(with_platform_line("mem_limit: big")),
            "cexec.yaml:6: platforms.q.mem_limit: 'big' is no size; expected one such as 512k, 64m or 1g");
  EXPECT_EQ(error(with_platform_line("read_only: [1]")),
            "cexec.yaml:6: platforms.q.read_only: expected true or false, found a list");
  EXPECT_EQ(error(with_platform_line("pids_limit: 0")),
            "cexec.yaml:6: platforms.q.pids_limit: '0' is no whole number from 1 to 4194304");
  EXPECT_EQ(error(with_platform_line("cpus: -1")),
            "cexec.yaml:6: platforms.q.cpus: expected a number above 0, found '-1'");
  EXPECT_EQ(error(with_platform_line("framing: ndjsn")),
            "cexec.yaml:6: platforms.q.framing: expected ndjson or content-length, found 'ndjsn'; did you "
            "mean 'ndjson'?");
  EXPECT_EQ(error(with_platform_line("environment: 5")),
            "cexec.yaml:6: platforms.q.environment: expected a map, or a list of NAME=value");
}

TEST_F(Load, AllThatIsWrongIsSaidInTheFilesOrder) {
  const auto list = errors("version: 2\nplatforms:\n  p: {image: a, cpus: x}\nfoo: 1\n");
  ASSERT_EQ(list.size(), 3u);
  EXPECT_TRUE(list[0].starts_with("cexec.yaml:1: version: this cexec reads version 1, not '2'"));
  EXPECT_TRUE(list[1].starts_with("cexec.yaml:3: platforms.p.cpus"));
  EXPECT_TRUE(list[2].starts_with("cexec.yaml:4: foo: unknown key"));
}

TEST_F(Load, KeyThatStandsTwice) {
  EXPECT_EQ(error("version: 1\nplatforms:\n  p: {image: a}\n  p: {image: b}\n"),
            "cexec.yaml:4: platforms.p: stands twice; the first time in line 3");
}

TEST_F(Load, NothingToStart) {
  EXPECT_EQ(error("version: 1\nplatforms:\n  p: {os: linux}\n"),
            "cexec.yaml:3: platforms.p: has neither build nor image nor process: nothing says what to start");
  EXPECT_EQ(error(with_platform_line("build: .")),
            "cexec.yaml:4: platforms.q: has both build and image; one of them is enough");
  EXPECT_EQ(error("version: 1\n"), "cexec.yaml:1: `platforms` names no platform");
}

TEST_F(Load, ExclusionOfAnUnknownPlatform) {
  EXPECT_EQ(
      error("version: 1\nplatforms: {python: {image: x}}\nmatrix:\n  exclude:\n    - {writer: pyton}\n"),
      "cexec.yaml:5: matrix.exclude[0].writer: there is no platform 'pyton'; did you mean 'python'?");
}

TEST_F(Load, WhatGivesUpIsolationIsRefusedUnlessItIsCalledUnsafe) {
  EXPECT_EQ(error(with_platform_line("privileged: true")),
            "cexec.yaml:6: platforms.q.privileged: gives up isolation and is refused; `unsafe: [privileged]` "
            "in this "
            "platform allows it");
  EXPECT_EQ(errors(with_platform_line("volumes: [/:/host]")).size(), 1u);
  EXPECT_EQ(errors(with_platform_line("network_mode: host")).size(), 1u);
  EXPECT_EQ(errors(with_platform_line("pid: host")).size(), 1u);
  EXPECT_EQ(errors(with_platform_line("devices: [/dev/kvm]")).size(), 1u);
  EXPECT_TRUE(
      good(with_platform_line("privileged: true\n    unsafe: [privileged]")).platforms.at(1).privileged);
  EXPECT_EQ(good(with_platform_line("network_mode: none")).platforms.at(1).network_mode, "none");
  EXPECT_EQ(errors(with_platform_line("unsafe: [everything]")).size(), 1u);
}

TEST_F(Load, HardeningIsAddedToAndNotReplacedByAccident) {
  const auto config = good(with_platform_line("cap_drop: [NET_RAW]\n    security_opt: [apparmor=x]"));
  EXPECT_EQ(config.platforms.at(1).cap_drop, std::vector<std::string>{"ALL"});
  EXPECT_EQ(config.platforms.at(1).security_opt,
            (std::vector<std::string>{"no-new-privileges", "apparmor=x"}));
  EXPECT_EQ(good(with_platform_line("security_opt: ['no-new-privileges:false']"))
                .platforms.at(1)
                .security_opt.size(),
            1u);
}

TEST_F(Load, HealthchecksAndRestartsAreExplained) {
  EXPECT_NE(error(with_platform_line("healthcheck: {test: [CMD, x]}")).find("asks the server itself"),
            std::string::npos);
  EXPECT_NE(error(with_platform_line("restart: always")).find("the 'X' process restarts"), std::string::npos);
}

TEST_F(Load, WhatIsNoYamlHasItsPlace) {
  EXPECT_TRUE(error("version: 1\nplatforms: [\n").starts_with("cexec.yaml:3: column 1: "));
  EXPECT_EQ(error("- a\n"), "cexec.yaml:1: expected a map with `platforms` in it");
  EXPECT_EQ(error(""), "cexec.yaml:1: expected a map with `platforms` in it");
}

TEST_F(Load, AliasesThatMultiplyAreNotFollowedForever) {
  std::string list = "[a";
  for (int i = 1; i < 1000; ++i) list += ", a";
  std::string map = "{p0: *list";
  for (int i = 1; i < 1000; ++i) map += fmt::format(", p{}: *list", i);
  std::string exclude = "[*map";
  for (int i = 1; i < 1000; ++i) exclude += ", *map";
  EXPECT_EQ(error("version: 1\nplatforms: {p: {image: a}}\nprofiles: {x: {y: &list " + list +
                  "]}}\nmatrix:\n  unused: &map " + map + "}\n  exclude: " + exclude + "]\n"),
            "cexec.yaml: holds more than 100000 values, each alias counted with all that it stands for");
}

TEST_F(Load, AliasWithinWhatItStandsForIsNoLoop) {
  const auto list = errors("&a\nversion: 1\nplatforms: *a\nfeatures: &b [*b]\n");
  EXPECT_FALSE(list.empty());
}

TEST_F(Load, TextIsReadWithoutItsFile) {
  const auto config = config::load_text("version: 1\nplatforms: {p: {image: a}}\n", "/nowhere/c.yaml", {});
  ASSERT_TRUE(config);
  EXPECT_EQ(config->features.at(0), "/nowhere/features");
}

TEST_F(Load, FileThatIsNotThere) {
  const auto config = load(folder_.path() / "none.yaml", {});
  ASSERT_FALSE(config);
  EXPECT_TRUE(config.error().at(0).text().ends_with("none.yaml: the file cannot be read"));
}

TEST_F(Load, FindsTheFileInAFolderAbove) {
  folder_.write("cexec.yaml", "x");
  folder_.write("a/b/c", "x");
  EXPECT_EQ(find_config(folder_.path() / "a/b"), folder_.path() / "cexec.yaml");
}

}  // namespace
}  // namespace executor::config
