#include "executor/doctor/findings.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace executor::doctor {
namespace {

config::Platform platform() {
  config::Platform platform;
  platform.limits = {64 << 20, 200'000'000, 64};
  return platform;
}

/// As a container answers where everything holds.
Probed healthy() {
  Probed p;
  p.said = read_answers(
      "== stdin\nhello\n== burn\n"
      "== read /sys/fs/cgroup/memory.max\n67108864\n== read /sys/fs/cgroup/memory.swap.max\n0\n"
      "== read /sys/fs/cgroup/pids.max\n64\n== read /sys/fs/cgroup/cpu.max\n20000 100000\n"
      "== read /sys/fs/cgroup/cpu.stat\nusage_usec 5\nnr_periods 8\nnr_throttled 7\nthrottled_usec 1\n"
      "== read "
      "/proc/self/"
      "status\nName:\tprobe\nUid:\t65534\t65534\nCapEff:\t0000000000000000\nNoNewPrivs:\t1\nSeccomp:\t2\n"
      "== read /proc/self/limits\nLimit  Soft\nMax core file size        0                    0              "
      "      bytes\n"
      "== read /proc/net/dev\nInter-|   Receive\n face |bytes\n    lo:       0\n  sit0:   0\n"
      "== write /cexec-doctor\n!30\n== fill /tmp/cexec-doctor\n8388608 !28\n== forks\n63 !11\n");
  p.details.memory = 64 << 20;
  p.details.pids_limit = 64;
  return p;
}

std::vector<std::string> not_good(const Probed& p) {
  std::vector<std::string> topics;
  for (const auto& finding : judge_container(p, platform(), "2", "hello\n")) {
    if (finding.verdict != Verdict::good) topics.push_back(finding.topic);
  }
  return topics;
}

using Topics = std::vector<std::string>;

TEST(JudgeContainer, HealthyOneHasNothingToTell) {
  EXPECT_EQ(not_good(healthy()), Topics());
}

TEST(JudgeContainer, EachThingThatDoesNotHoldIsTold) {
  const auto with = [](const std::string& question, const std::string& answer) {
    auto p = healthy();
    p.said[question] = answer;
    return not_good(p);
  };
  EXPECT_EQ(with("stdin", ""), Topics{"stdin"});
  EXPECT_EQ(with("read /sys/fs/cgroup/memory.max", "max"), Topics{"memory limit"});
  EXPECT_EQ(with("read /sys/fs/cgroup/memory.swap.max", "!2"), Topics{"swap limit"});
  EXPECT_EQ(with("read /sys/fs/cgroup/cpu.max", "max 100000"), Topics{"cpu limit"});
  EXPECT_EQ(with("read /sys/fs/cgroup/cpu.stat", "nr_throttled 0"), Topics{"cpu limit"});
  EXPECT_EQ(with("forks", "100000 0"), Topics{"pids limit"});
  EXPECT_EQ(with("fill /tmp/cexec-doctor", "1073741824 0"), Topics{"tmpfs /tmp"});
  EXPECT_EQ(with("write /cexec-doctor", "0"), Topics{"read-only root"});
  EXPECT_EQ(with("read /proc/net/dev", " lo: 0\n eth0: 0\n"), Topics{"network none"});
}

TEST(JudgeContainer, LimitThatInspectDoesNotShowIsTold) {
  auto p = healthy();
  p.details.memory = 0;
  EXPECT_EQ(not_good(p), Topics{"memory limit"});
}

TEST(JudgeContainer, ContainerThatDoesNotRunIsOneFinding) {
  Probed p;
  p.error = "start: 500";
  EXPECT_EQ(not_good(p), Topics{"container"});
}

TEST(JudgeEater, SurvivingIsBadAndSilenceIsOdd) {
  Probed p;
  EXPECT_EQ(judge_eater(p, platform()).verdict, Verdict::bad);
  p.details.exit_code = 137;
  EXPECT_EQ(judge_eater(p, platform()).verdict, Verdict::odd);
  p.details.oom_killed = true;
  EXPECT_EQ(judge_eater(p, platform()).verdict, Verdict::good);
}

TEST(JudgeEngine, NotesWhatWillNotWork) {
  Facts facts;
  facts.info.cgroup_driver = "none";
  facts.info.storage_driver = "vfs";
  facts.disk_free = 1000;
  std::vector<std::string> topics;
  for (const auto& finding : judge_engine(facts)) {
    if (finding.verdict != Verdict::good) topics.push_back(finding.topic);
  }
  EXPECT_EQ(topics, (Topics{"cgroup", "storage", "disk"}));
}

/// As two containers on one network answer.
Probed sharing(const std::string& connected) {
  Probed p;
  p.said = read_answers("== fill /exchange/cexec-doctor\n8388608 !28\n== read /proc/net/dev\n eth0: 0\n" +
                        (connected.empty() ? "" : "== connect 10.1.0.2\n" + connected + "\n"));
  return p;
}

Finding network_of(const Probed& p, const std::string& neighbor) {
  return judge_shared(p, 8 << 20, neighbor).at(1);
}

TEST(JudgeShared, NeighborThatAnswersIsGood) {
  const auto all = judge_shared(sharing("0"), 8 << 20, "10.1.0.2");
  EXPECT_EQ(all.at(0).verdict, Verdict::good);
  EXPECT_EQ(all.at(1).verdict, Verdict::good);
  EXPECT_EQ(all.at(1).text, "eth0, and a neighbor answers");
}

TEST(JudgeShared, NeighborThatCannotBeReachedIsBadAndSaysWhere) {
  const auto finding = network_of(sharing("!110"), "10.1.0.2");
  EXPECT_EQ(finding.verdict, Verdict::bad);
  EXPECT_EQ(finding.text, "eth0, but no neighbor can be reached (timed out)");
  EXPECT_NE(finding.advice.find("firewall"), std::string::npos);
  EXPECT_EQ(network_of(sharing("!111"), "10.1.0.2").verdict, Verdict::bad);
}

TEST(JudgeShared, WithoutANeighborOrALinkNothingIsPromised) {
  EXPECT_EQ(network_of(sharing(""), "").verdict, Verdict::bad);
  auto p = sharing("0");
  p.said["read /proc/net/dev"] = "lo: 0";
  EXPECT_EQ(network_of(p, "10.1.0.2").text, "no interface eth0");
}

}  // namespace
}  // namespace executor::doctor
