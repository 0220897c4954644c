// Networks: create, list, remove. It must not know who talks on them.
#include "docker/networks.h"

#include "docker/json_parts.h"

namespace docker {

namespace json = base::json;

Result<std::string> create_network(const Client& client, const NetworkSpec& spec, const Call& call) {
  json::Writer body;
  body.begin_object().member("Name", spec.name).member("Driver", spec.driver);
  // CheckDuplicate is always on from API 1.44; before, two networks of one name were possible.
  body.member("Internal", spec.internal).member("CheckDuplicate", true);
  add_map(body, "Labels", spec.labels);
  body.end_object();
  Request request;
  request.method = Method::post;
  request.target = "/networks/create";
  request.body = body.take();
  request.content_type = "application/json";
  const auto document = client.send_for_json(std::move(request), call);
  if (!document) return tl::unexpected(document.error());
  auto id = json::string_or(json::find(&*document, "Id"));
  if (id.empty()) {
    return tl::unexpected(
        Error{ErrorKind::malformed, 0, "POST /networks/create", "the answer names no network"});
  }
  return id;
}

Result<std::vector<NetworkSummary>> list_networks(const Client& client,
                                                  const std::vector<std::string>& labels, const Call& call) {
  const auto target = Target("/networks").add("filters", filters_text({{"label", labels}})).text();
  const auto document = client.send_for_json({Method::get, target, {}, {}, {}}, call);
  if (!document) return tl::unexpected(document.error());
  std::vector<NetworkSummary> list;
  if (!document->IsArray()) return list;
  for (const auto& item : document->GetArray()) {
    list.push_back({json::string_or(json::find(&item, "Id")), json::string_or(json::find(&item, "Name")),
                    seconds_of(json::string_or(json::find(&item, "Created"))),
                    map_of(json::find(&item, "Labels"))});
  }
  return list;
}

Result<void> remove_network(const Client& client, const std::string& id, const Call& call) {
  const auto response = client.send({Method::del, Target("/networks/", id, "").text(), {}, {}, {}}, call);
  if (!response && !response.error().is_status(404)) return tl::unexpected(response.error());
  return {};
}

}  // namespace docker
