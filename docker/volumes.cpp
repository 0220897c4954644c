// Volumes: create, list, remove. It must not know what is kept in them.
#include "docker/volumes.h"

#include <fmt/format.h>

#include <cstdlib>

#include "docker/json_parts.h"

namespace docker {

namespace json = base::json;

namespace {

/// Podman takes `size` for a quota of the file system that its volumes lie on, which a tmpfs has no use for
/// (containers/podman, libpod/runtime_volume_linux.go); tmpfs(5) has the same limit in pages.
std::map<std::string, std::string> as_podman_takes_them(std::map<std::string, std::string> options) {
  constexpr std::string_view kSize = "size=";
  constexpr std::int64_t kPage = 4096;
  auto& text = options["o"];
  const auto at = text.starts_with(kSize) ? 0 : std::string::npos;
  if (options["type"] != "tmpfs" || at == std::string::npos) return options;
  const auto end = text.find(',');
  const auto size = std::strtoll(text.c_str() + kSize.size(), nullptr, 10);
  text = fmt::format("nr_blocks={}{}", (size + kPage - 1) / kPage,
                     end == std::string::npos ? "" : text.substr(end));
  return options;
}

}  // namespace

VolumeSpec tmpfs_volume(std::string name, std::int64_t size_bytes, Labels labels) {
  return {std::move(name),
          {{"type", "tmpfs"},
           {"device", "tmpfs"},
           {"o", fmt::format("size={},mode=0777,nosuid,nodev", size_bytes)}},
          std::move(labels)};
}

Result<void> create_volume(const Client& client, const VolumeSpec& spec, const Call& call) {
  json::Writer body;
  body.begin_object().member("Name", spec.name).member("Driver", "local");
  const bool is_podman = client.dialect() == Dialect::podman;
  add_map(body, "DriverOpts", is_podman ? as_podman_takes_them(spec.driver_options) : spec.driver_options);
  add_map(body, "Labels", spec.labels);
  body.end_object();
  Request request;
  request.method = Method::post;
  request.target = "/volumes/create";
  request.body = body.take();
  request.content_type = "application/json";
  const auto response = client.send(std::move(request), call);
  if (!response) return tl::unexpected(response.error());
  return {};
}

Result<std::vector<VolumeSummary>> list_volumes(const Client& client, const std::vector<std::string>& labels,
                                                const Call& call) {
  const auto target = Target("/volumes").add("filters", filters_text({{"label", labels}})).text();
  const auto document = client.send_for_json({Method::get, target, {}, {}, {}}, call);
  if (!document) return tl::unexpected(document.error());
  std::vector<VolumeSummary> list;
  const auto* volumes = json::find(&*document, "Volumes");  // null where there are none
  if (volumes == nullptr || !volumes->IsArray()) return list;
  for (const auto& item : volumes->GetArray()) {
    list.push_back({json::string_or(json::find(&item, "Name")),
                    seconds_of(json::string_or(json::find(&item, "CreatedAt"))),
                    map_of(json::find(&item, "Labels"))});
  }
  return list;
}

Result<void> remove_volume(const Client& client, const std::string& name, const Call& call) {
  const auto response = client.send({Method::del, Target("/volumes/", name, "").text(), {}, {}, {}}, call);
  if (!response && !response.error().is_status(404)) return tl::unexpected(response.error());
  return {};
}

}  // namespace docker
