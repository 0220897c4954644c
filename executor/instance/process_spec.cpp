// What a platform's entry in cexec.yaml means where its server is a process of this machine. It must not
// start anything.
#include "executor/instance/process_spec.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "base/json.h"
#include "executor/text/nearest.h"
#include "executor/track/children.h"
#include "executor/track/host_run.h"

namespace executor::instance {
namespace {

namespace fs = std::filesystem;

/// Where execvp(3) looks if PATH is not set.
constexpr const char* kDefaultPath = "/usr/local/bin:/bin:/usr/bin";

/// RUNNER_TRACKING_ID lets a GitHub runner, too, find what should outlive us.
constexpr std::array<std::string_view, 12> kPassedOn{
    "PATH", "HOME", "USER",   "LOGNAME",         "SHELL",         "LANG",
    "TZ",   "TERM", "TMPDIR", "XDG_RUNTIME_DIR", "SSL_CERT_FILE", "RUNNER_TRACKING_ID"};

const std::vector<std::pair<std::string, int>>& resources() {
  static const std::vector<std::pair<std::string, int>> kResources{
      {"as", RLIMIT_AS},           {"core", RLIMIT_CORE},         {"cpu", RLIMIT_CPU},
      {"data", RLIMIT_DATA},       {"fsize", RLIMIT_FSIZE},       {"locks", RLIMIT_LOCKS},
      {"memlock", RLIMIT_MEMLOCK}, {"msgqueue", RLIMIT_MSGQUEUE}, {"nice", RLIMIT_NICE},
      {"nofile", RLIMIT_NOFILE},   {"nproc", RLIMIT_NPROC},       {"rss", RLIMIT_RSS},
      {"rtprio", RLIMIT_RTPRIO},   {"rttime", RLIMIT_RTTIME},     {"sigpending", RLIMIT_SIGPENDING},
      {"stack", RLIMIT_STACK}};
  return kResources;
}

rlim_t limit_value(std::int64_t value) {
  return value < 0 ? RLIM_INFINITY : static_cast<rlim_t>(value);
}

tl::expected<std::vector<ResourceLimit>, Error> resource_limits(const config::Platform& platform,
                                                                const ProcessSurroundings& around) {
  std::vector<ResourceLimit> limits;
  if (!around.memory_is_limited && around.limits.memory > 0) {
    const auto bytes = static_cast<rlim_t>(around.limits.memory);
    limits.push_back({RLIMIT_DATA, {bytes, bytes}, "data"});
  }
  for (const auto& wanted : platform.ulimits) {
    const auto& known = resources();
    const auto it =
        std::find_if(known.begin(), known.end(), [&](const auto& item) { return item.first == wanted.name; });
    if (it == known.end()) {
      std::vector<std::string> names;
      for (const auto& item : known) names.push_back(item.first);
      return tl::unexpected(
          Error{fmt::format("platforms.{}.ulimits: there is no limit '{}'{}", platform.name.text(),
                            wanted.name, text::did_you_mean(wanted.name, names)),
                "see setrlimit(2); the names are written small, without RLIMIT_"});
    }
    limits.push_back({it->second, {limit_value(wanted.soft), limit_value(wanted.hard)}, wanted.name});
  }
  return limits;
}

/// {"writer":"127.83.4.11","reader":"127.83.4.12"}
std::string peers_text(const std::map<model::ProcessName, std::string>& peers) {
  base::json::Writer out;
  out.begin_object();
  for (const auto& [process, address] : peers) out.member(process.text(), address);
  out.end_object();
  return out.take();
}

bool is_passed_on(std::string_view name) {
  return name.starts_with("LC_") || std::find(kPassedOn.begin(), kPassedOn.end(), name) != kPassedOn.end();
}

std::map<std::string, std::string> environment(const config::Platform& platform,
                                               const ProcessSurroundings& around, char** own) {
  std::map<std::string, std::string> variables;
  for (; *own != nullptr; ++own) {
    const std::string_view variable = *own;
    const auto equals = variable.find('=');
    if (equals == std::string_view::npos || !is_passed_on(variable.substr(0, equals))) continue;
    variables.emplace(variable.substr(0, equals), variable.substr(equals + 1));
  }
  for (const auto& [name, value] : platform.environment) variables[name] = value;
  variables["CEXEC_PROCESS"] = around.process.text();
  variables["CEXEC_PLATFORM"] = platform.name.text();
  variables[track::kRunVariable] = around.run.text();
  variables[track::kInstanceVariable] = around.marker;
  variables["CEXEC_FRAMING"] = platform.framing == config::Framing::ndjson ? "ndjson" : "content-length";
  if (!around.folder.empty()) variables["CEXEC_EXCHANGE"] = around.folder;
  if (!around.peers.empty()) variables["CEXEC_PEERS"] = peers_text(around.peers);
  return variables;
}

/// Empty if it can be run.
std::string why_not(const fs::path& program) {
  struct stat status {};
  if (::stat(program.c_str(), &status) != 0) return "there is no such file";
  if (S_ISDIR(status.st_mode)) return "it is a folder";
  return ::access(program.c_str(), X_OK) == 0 ? std::string() : "it is not executable";
}

}  // namespace

std::string search_path(const config::Platform& platform, char** own_environment) {
  const auto it = platform.environment.find("PATH");
  if (it != platform.environment.end()) return it->second;
  for (char** own = own_environment; *own != nullptr; ++own) {
    const std::string_view variable = *own;
    if (variable.starts_with("PATH=")) return std::string(variable.substr(5));
  }
  return kDefaultPath;
}

tl::expected<std::string, std::string> find_program(const std::string& command, const fs::path& root,
                                                    const std::string& path) {
  if (command.find('/') != std::string::npos) {
    const auto program = (root / command).lexically_normal();
    const auto wrong = why_not(program);
    if (wrong.empty()) return program.string();
    return tl::unexpected(fmt::format("{}: {}", program.string(), wrong));
  }
  for (std::size_t at = 0; at <= path.size();) {
    const auto end = std::min(path.find(':', at), path.size());
    const auto program = fs::path(path.substr(at, end - at)) / command;
    if (why_not(program).empty()) return program.string();
    at = end + 1;
  }
  return tl::unexpected(fmt::format("there is no program '{}' in PATH", command));
}

tl::expected<ProcessSpec, Error> process_spec(const config::Platform& platform, const fs::path& root,
                                              const ProcessSurroundings& around, char** own_environment) {
  ProcessSpec spec;
  const auto variables = environment(platform, around, own_environment);
  auto program = find_program(platform.process.front(), root, search_path(platform, own_environment));
  if (!program) {
    return tl::unexpected(Error{
        fmt::format("the process of '{}' ({}) cannot be started: {}", around.process.text(),
                    platform.name.text(), program.error()),
        fmt::format("`process` of platforms.{} in cexec.yaml says what is started; has it been built, or "
                    "installed? --container-seq needs no more than the image",
                    platform.name.text())});
  }
  auto limits = resource_limits(platform, around);
  if (!limits) return tl::unexpected(limits.error());
  spec.program = std::move(*program);
  spec.arguments = platform.process;
  for (const auto& [name, value] : variables) spec.environment.push_back(fmt::format("{}={}", name, value));
  spec.folder = root.string();
  spec.limits = std::move(*limits);
  const auto& options = platform.security_opt;
  spec.no_new_privileges = std::find(options.begin(), options.end(), "no-new-privileges") != options.end();
  return spec;
}

std::string command_line(const std::vector<std::string>& command) {
  return fmt::format("{}", fmt::join(command, " "));
}

}  // namespace executor::instance
