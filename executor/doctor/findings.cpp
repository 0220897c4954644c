// Judging what was seen of an engine and from inside its containers. Pure: it must not ask anything.
#include "executor/doctor/findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "executor/text/quote.h"
#include "executor/text/units.h"

namespace executor::doctor {
namespace {

constexpr std::int64_t kGiB = std::int64_t{1} << 30U;
constexpr const char* kLimitAdvice =
    "the engine or its kernel does not enforce it: a result would not mean what it says; --no-limits runs "
    "without";

Finding good(std::string topic, std::string text) {
  return {Verdict::good, std::move(topic), std::move(text), {}};
}

Finding check(bool fine, std::string topic, std::string text, std::string advice) {
  if (fine) return good(std::move(topic), std::move(text));
  return {Verdict::bad, std::move(topic), std::move(text), std::move(advice)};
}

std::string shown(const std::string& answer) {
  return answer.empty() ? "nothing" : text::quote(answer, 60);
}

/// Where a cgroup shows its limits; the two versions name them differently.
struct CgroupFiles {
  std::string memory;
  std::string swap;
  std::string pids;
  std::string cpu;
  std::string cpu_stat;
};

CgroupFiles files_of(const std::string& version) {
  const std::string root = "/sys/fs/cgroup/";
  if (version == "1") {
    return {root + "memory/memory.limit_in_bytes", root + "memory/memory.memsw.limit_in_bytes",
            root + "pids/pids.max", root + "cpu/cpu.cfs_quota_us", root + "cpu/cpu.stat"};
  }
  return {root + "memory.max", root + "memory.swap.max", root + "pids.max", root + "cpu.max",
          root + "cpu.stat"};
}

/// The number behind a word at a line's start: "CapEff:\t00ff" → "00ff".
std::string value_of(const std::string& text, const std::string& name) {
  const auto at = text.starts_with(name) ? 0 : text.find("\n" + name);
  if (at == std::string::npos) return {};
  auto begin = text.find(name, at) + name.size();
  begin = text.find_first_not_of(" \t:", begin);
  if (begin == std::string::npos) return {};
  return text.substr(begin, text.find_first_of(" \t\n", begin) - begin);
}

std::int64_t number_in(const std::string& text) {
  return std::strtoll(text.c_str(), nullptr, 10);
}

Finding judge_memory(const Probed& p, const config::Platform& platform, const CgroupFiles& files) {
  const auto inside = p.answer("read " + files.memory);
  const auto asked = platform.limits.memory;
  return check(number_in(inside) == asked && p.details.memory == asked, "memory limit",
               fmt::format("{} asked; inside {}, by inspect {}", asked, shown(inside), p.details.memory),
               kLimitAdvice);
}

Finding judge_swap(const Probed& p, const config::Platform& platform, const CgroupFiles& files,
                   const std::string& version) {
  const auto inside = p.answer("read " + files.swap);
  // Version 1 counts memory and swap together; without swap accounting neither version has the file.
  const auto most = version == "1" ? platform.limits.memory : 0;
  if (inside.starts_with("!") || inside.empty()) {
    return {Verdict::odd, "swap limit", "the kernel does not account swap",
            "where the machine has swap, an instance may use it beyond its memory limit"};
  }
  return check(number_in(inside) == most, "swap limit",
               fmt::format("no swap asked; inside {}", shown(inside)), kLimitAdvice);
}

Finding judge_cpus(const Probed& p, const config::Platform& platform, const CgroupFiles& files,
                   const std::string& version) {
  const auto inside = p.answer("read " + files.cpu);
  const auto stat = p.answer("read " + files.cpu_stat);
  const auto throttled = number_in(value_of(stat, "nr_throttled"));
  const auto quota = number_in(inside);
  const auto space = inside.find(' ');
  const auto period =
      version == "1" || space == std::string::npos ? 100'000 : number_in(inside.substr(space));
  const bool fits =
      quota > 0 && quota * 1'000'000'000 / std::max<std::int64_t>(period, 1) == platform.limits.nano_cpus;
  return check(fits && throttled > 0, "cpu limit",
               fmt::format("{} asked; inside {} of {} us, held back {}",
                           static_cast<double>(platform.limits.nano_cpus) / 1e9, quota, period,
                           text::counted(static_cast<std::size_t>(throttled), "time")),
               kLimitAdvice);
}

Finding judge_pids(const Probed& p, const config::Platform& platform, const CgroupFiles& files) {
  const auto inside = p.answer("read " + files.pids);
  const auto forks = p.answer("forks");
  const bool held = forks.ends_with("!11") && number_in(forks) < platform.limits.pids;
  return check(
      held && number_in(inside) == platform.limits.pids && p.details.pids_limit == platform.limits.pids,
      "pids limit",
      fmt::format("{} asked; inside {}, by inspect {}; the fork after {} was {}", platform.limits.pids,
                  shown(inside), p.details.pids_limit, number_in(forks), held ? "refused" : "not refused"),
      kLimitAdvice);
}

Finding judge_fill(const std::string& topic, const std::string& answer, std::int64_t size) {
  const auto taken = number_in(answer);
  return check(answer.ends_with("!28") && taken <= size && taken > size / 2, topic,
               fmt::format("{} asked; full after {}", text::format_size(size), text::format_size(taken)),
               kLimitAdvice);
}

void judge_security(const Probed& p, std::vector<Finding>& findings) {
  const auto status = p.answer("read /proc/self/status");
  const auto caps = value_of(status, "CapEff");
  const auto privileges = value_of(status, "NoNewPrivs");
  const auto seccomp = value_of(status, "Seccomp");
  const auto user = value_of(status, "Uid");
  findings.push_back(
      check(user == "65534", "user", "65534 asked; inside " + shown(user), "a server runs as somebody else"));
  findings.push_back(check(!caps.empty() && caps.find_first_not_of('0') == std::string::npos, "capabilities",
                           "none asked; inside " + shown(caps),
                           "the engine gives capabilities that were dropped"));
  findings.push_back(check(privileges == "1", "no new privileges", "inside " + shown(privileges),
                           "a setuid program inside may gain privileges"));
  if (seccomp == "2") {
    findings.push_back(good("seccomp", "a filter is in force"));
  } else {
    findings.push_back(
        {Verdict::odd, "seccomp", "no filter",
         "servers can make every system call; is the engine built, or started, without seccomp?"});
  }
  const auto limits = p.answer("read /proc/self/limits");
  const auto core = value_of(limits, "Max core file size");
  findings.push_back(
      check(core == "0", "ulimits", "core 0 asked; inside " + shown(core), "`ulimits` have no effect here"));
  const auto root = p.answer("write /cexec-doctor");
  findings.push_back(check(root == "!30", "read-only root",
                           root == "!30" ? "writing is refused" : "writing gave " + shown(root),
                           "a server can write outside of its tmpfs"));
}

Finding judge_isolation(const Probed& p) {
  const auto devices = p.answer("read /proc/net/dev");
  std::vector<std::string> names;
  for (std::size_t at = devices.find(':'); at != std::string::npos; at = devices.find(':', at + 1)) {
    const auto begin = devices.find_last_of(" \n", at) + 1;
    names.push_back(devices.substr(begin, at - begin));
  }
  // Tunnels that a kernel makes in every namespace are down and lead nowhere.
  const auto leads_out = [](const std::string& name) {
    return name.starts_with("eth") || name.starts_with("veth");
  };
  return check(
      !devices.empty() && std::none_of(names.begin(), names.end(), leads_out), "network none",
      names.empty() ? "no interfaces were seen" : fmt::format("interfaces: {}", fmt::join(names, " ")),
      "an instance without a network has one");
}

}  // namespace

std::vector<std::string> container_questions(const std::string& cgroup_version) {
  const auto files = files_of(cgroup_version);
  std::vector<std::string> words{"stdin", "burn"};
  for (const auto& file :
       {files.memory, files.swap, files.pids, files.cpu, files.cpu_stat, std::string("/proc/self/status"),
        std::string("/proc/self/limits"), std::string("/proc/net/dev")}) {
    words.insert(words.end(), {"read", file});
  }
  words.insert(words.end(), {"write", "/cexec-doctor", "fill", "/tmp/cexec-doctor", "forks"});
  return words;
}

std::vector<Finding> judge_container(const Probed& p, const config::Platform& platform,
                                     const std::string& cgroup_version, const std::string& input) {
  if (!p.error.empty()) {
    return {{Verdict::bad, "container", p.error, "no case can run here"}};
  }
  const auto files = files_of(cgroup_version);
  std::vector<Finding> findings;
  for (const auto& warning : p.warnings) {
    findings.push_back({Verdict::odd, "container", "the engine warns: " + text::quote(warning, 200),
                        "a warning about a limit makes cexec refuse to start an instance"});
  }
  findings.push_back(check(p.answer("stdin") + "\n" == input, "stdin",
                           "what was sent came back, and its end arrived",
                           "the attached stream does not carry stdin to its end"));
  if (findings.back().verdict == Verdict::bad)
    findings.back().text = "came back as " + shown(p.answer("stdin"));
  findings.push_back(judge_memory(p, platform, files));
  findings.push_back(judge_swap(p, platform, files, cgroup_version));
  findings.push_back(judge_cpus(p, platform, files, cgroup_version));
  findings.push_back(judge_pids(p, platform, files));
  findings.push_back(judge_fill("tmpfs /tmp", p.answer("fill /tmp/cexec-doctor"), std::int64_t{8} << 20U));
  judge_security(p, findings);
  findings.push_back(judge_isolation(p));
  return findings;
}

Finding judge_eater(const Probed& p, const config::Platform& platform) {
  const auto code = p.details.exit_code;
  const auto text = p.error.empty() ? fmt::format("{} used under a limit of {}: exit code {}, {}",
                                                  text::format_size(platform.limits.memory * 2),
                                                  text::format_size(platform.limits.memory), code,
                                                  p.details.oom_killed ? "told as killed for memory"
                                                                       : "not told as killed for memory")
                                    : p.error;
  if (p.error.empty() && code == 137 && !p.details.oom_killed) {
    return {Verdict::odd, "out of memory", text,
            "the limit holds, but the engine does not say so: a server that it ends is `exited`, not `killed "
            "for memory`"};
  }
  return check(p.error.empty() && code == 137, "out of memory", text, kLimitAdvice);
}

std::vector<Finding> judge_shared(const Probed& p, std::int64_t size, const std::string& neighbor) {
  if (!p.error.empty()) {
    return {{Verdict::bad, "shared", p.error, "cases that share a volume or a network cannot run here"}};
  }
  auto volume = judge_fill("shared volume", p.answer("fill /exchange/cexec-doctor"), size);
  const bool has_link = p.answer("read /proc/net/dev").find("eth0:") != std::string::npos;
  if (!has_link || neighbor.empty()) {
    const auto* why = has_link ? "a second container on it could not be had" : "no interface eth0";
    return {std::move(volume),
            {Verdict::bad, "shared network", why, "cases with a shared network cannot run here"}};
  }
  const auto connected = p.answer("connect " + neighbor);
  const auto text = connected == "0" ? "eth0, and a neighbor answers"
                                     : fmt::format("eth0, but no neighbor can be reached ({})",
                                                   connected == "!110" ? "timed out" : connected);
  return {
      std::move(volume),
      check(connected == "0", "shared network", text,
            "cases with a shared network fail here; does a firewall drop what is sent between containers, "
            "as a Docker Engine's own does with Podman's? docs/config.md, Podman")};
}

std::vector<Finding> judge_engine(const Facts& facts) {
  std::vector<Finding> findings;
  const auto& version = facts.version;
  const auto& info = facts.info;
  findings.push_back(
      good("engine", fmt::format("{} {} at {} ({})", facts.is_podman() ? "Podman" : "Docker Engine",
                                 version.version, facts.address, facts.address_origin)));
  findings.push_back(
      good("API",
           fmt::format("{}; the engine's newest is {}, cexec speaks {} to {}", facts.agreed.text(),
                       version.api_version, docker::Client::kOldest.text(), docker::Client::kNewest.text())));
  findings.push_back(good("machine", fmt::format("{}/{}, {}, kernel {}, {} CPUs, {}", version.os,
                                                 version.architecture, info.operating_system, version.kernel,
                                                 info.cpus, text::format_size(info.memory_bytes))));
  const auto cgroup = fmt::format("version {}, driver {}", info.cgroup_version, info.cgroup_driver);
  findings.push_back(check(info.cgroup_driver != "none", "cgroup", cgroup,
                           "a rootless engine without cgroup version 2 enforces no limit"));
  findings.push_back(good("rootless", facts.is_rootless() ? "yes" : "no"));
  if (info.storage_driver == "vfs") {
    findings.push_back({Verdict::odd, "storage", "vfs",
                        "every container copies its whole image: starts are slow, and disk fills"});
  } else {
    findings.push_back(good("storage", fmt::format("{} in {}", info.storage_driver, info.root_dir)));
  }
  if (!facts.disk_free) {
    findings.push_back(good("disk", "not visible from here"));
  } else {
    findings.push_back(check(*facts.disk_free >= kGiB, "disk", text::format_size(*facts.disk_free) + " free",
                             "builds and pulls will fail; `docker system df` shows what takes the room"));
  }
  for (const auto& warning : info.warnings) {
    findings.push_back(
        {Verdict::odd, "engine", "warns: " + text::quote(warning, 200), "see the engine's documentation"});
  }
  return findings;
}

}  // namespace executor::doctor
