// What the bundles of a run need of the engine and of this process. It must not know what a bundle looks
// like.
#include "executor/cli/bundle_sources.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>

#include "docker/images.h"
#include "docker/system.h"
#include "executor/cli/engine.h"
#include "executor/cli/version.h"

namespace executor::cli {
namespace {

using namespace std::chrono_literals;

constexpr auto kSaveTime = 30min;

/// What tells where a run in GitHub Actions came from.
std::map<std::string, std::string> ci_variables() {
  constexpr std::array<const char*, 6> kNames{"GITHUB_REPOSITORY", "GITHUB_SHA",    "GITHUB_REF",
                                              "GITHUB_WORKFLOW",   "GITHUB_RUN_ID", "RUNNER_NAME"};
  std::map<std::string, std::string> variables;
  const auto environment = docker::process_environment();
  for (const auto* name : kNames) {
    if (auto value = environment(name)) variables[name] = std::move(*value);
  }
  return variables;
}

std::string save(const std::set<std::string>& ids, const std::filesystem::path& into) {
  const docker::Call call{base::Deadline::in(kSaveTime), {}};
  const auto engine = connect_engine(call);
  if (!engine) return engine.error().reason;
  std::ofstream file(into, std::ios::binary);
  const auto saved = docker::save_images(
      *engine->client, {ids.begin(), ids.end()},
      [&file](std::string_view bytes) -> docker::Result<void> {
        if (file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()))) return {};
        return tl::unexpected(docker::Error{
            docker::ErrorKind::bad_input, 0, {}, "the images cannot be written: is the disk full?"});
      },
      call);
  if (!saved) return saved.error().describe();
  file.close();
  return file ? std::string() : "the images cannot be written: is the disk full?";
}

}  // namespace

std::optional<bundle::Surroundings> surroundings_of(const docker::Client& client, const docker::Call& call) {
  const auto version = docker::engine_version(client, call);
  const auto info = docker::engine_info(client, call);
  if (!version || !info) return std::nullopt;
  bundle::Surroundings s;
  const auto* name = version->name.find("Podman") == std::string::npos ? "Docker Engine" : "Podman";
  s.engine = fmt::format("{} {}", name, version->version);
  s.api = client.version().text();
  s.platform = fmt::format("{}/{}", version->os, version->architecture);
  s.operating_system = info->operating_system;
  s.kernel = version->kernel;
  s.storage_driver = info->storage_driver;
  s.cgroup = fmt::format("version {}, {}", info->cgroup_version, info->cgroup_driver);
  const auto& options = info->security_options;
  s.is_rootless = std::any_of(options.begin(), options.end(),
                              [](const auto& o) { return o.starts_with("name=rootless"); });
  s.cpus = info->cpus;
  s.memory = info->memory_bytes;
  return s;
}

bundle::Sources bundle_sources(bool save_images) {
  bundle::Sources sources;
  sources.version = kVersion;
  sources.ci = ci_variables();
  sources.surroundings = []() -> std::optional<bundle::Surroundings> {
    const docker::Call call{base::Deadline::in(kAnswerTime), {}};
    const auto engine = connect_engine(call);
    if (!engine) return std::nullopt;
    return surroundings_of(*engine->client, call);
  };
  if (save_images) sources.save_images = save;
  return sources;
}

}  // namespace executor::cli
