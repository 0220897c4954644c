// What is identical and what differs between the recorded surroundings of a case and these here, as one
// table. Pure.
#include "executor/replay/differences.h"

#include <fmt/format.h>

#include <algorithm>

#include "executor/text/units.h"

namespace executor::replay {
namespace {

std::string short_id(const std::string& id) {
  return id.substr(id.starts_with("sha256:") ? 7 : 0, 12);
}

}  // namespace

std::vector<Row> differences(const bundle::Manifest& manifest,
                             const std::optional<bundle::Surroundings>& here,
                             const std::map<model::PlatformName, RecordedImage>& images,
                             const std::string& cexec, const std::vector<std::string>& given) {
  std::vector<Row> rows;
  const auto add = [&rows](std::string name, std::string recorded, std::string now) {
    const bool is_same = recorded == now;
    rows.push_back({std::move(name), std::move(recorded), std::move(now), is_same});
  };
  add("cexec", manifest.cexec, cexec);
  const auto was = manifest.surroundings.value_or(bundle::Surroundings());
  const auto is = here.value_or(bundle::Surroundings());
  add("engine", was.engine, is.engine);
  add("API", was.api, is.api);
  add("platform", was.platform, is.platform);
  add("system", was.operating_system, is.operating_system);
  add("kernel", was.kernel, is.kernel);
  add("cgroup", was.cgroup, is.cgroup);
  add("storage", was.storage_driver, is.storage_driver);
  add("rootless", was.is_rootless ? "yes" : "no", is.is_rootless ? "yes" : "no");
  add("CPUs", std::to_string(was.cpus), std::to_string(is.cpus));
  add("memory", text::format_size(was.memory), text::format_size(is.memory));
  for (const auto& image : manifest.images) {
    const auto found = images.find(image.name);
    if (found == images.end()) continue;
    const auto& got = found->second;
    auto now = short_id(got.image.id);
    if (!got.difference.empty()) now += ", " + got.difference;
    rows.push_back(
        {"image " + image.name.text(), short_id(image.id), std::move(now), got.difference.empty()});
  }
  for (const auto& variable : manifest.masked) {
    const bool is_given = std::find(given.begin(), given.end(), variable) != given.end();
    rows.push_back({variable, "masked",
                    is_given ? "given with --env" : "not set: --env " + variable + " passes yours", false});
  }
  return rows;
}

}  // namespace executor::replay
