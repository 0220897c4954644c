// Images: inspect, list, pull, import, remove. (Building is in image_build.h.) It must not know what they are
// used for.
#include "docker/images.h"

#include <fmt/format.h>

#include "docker/json_parts.h"
#include "docker/json_stream.h"

namespace docker {
namespace {

namespace json = base::json;

constexpr const char* kCreate = "POST /images/create";

/// {"error":"…","errorDetail":{"message":"…"}}: a failure after the answer's head was sent.
Result<void> check_line(const json::Value& line, const char* called) {
  auto message = json::string_or(json::find(&line, "errorDetail", "message"));
  if (message.empty()) message = json::string_or(json::find(&line, "error"));
  if (message.empty()) return {};
  return tl::unexpected(Error{ErrorKind::refused, 200, called, std::move(message)});
}

// {"status":"Downloading","progressDetail":{"current":1,"total":2},"id":"layer"}
PullProgress progress_of(const json::Value& line) {
  return {json::string_or(json::find(&line, "id")), json::string_or(json::find(&line, "status")),
          json::int_or(json::find(&line, "progressDetail", "current")),
          json::int_or(json::find(&line, "progressDetail", "total"))};
}

Result<void> send_and_watch(const Client& client, Request request, const char* called,
                            const JsonStream::Sink& sink, const Call& call) {
  JsonStream lines([&sink, called](const json::Value& line) -> Result<void> {
    if (auto fine = check_line(line, called); !fine) return fine;
    return sink(line);
  });
  const auto response =
      client.send(std::move(request), call, [&lines](std::string_view bytes) { return lines.feed(bytes); });
  if (!response) return tl::unexpected(response.error());
  return lines.finish();
}

}  // namespace

Result<ImageDetails> inspect_image(const Client& client, const std::string& reference, const Call& call) {
  const auto document =
      client.send_for_json({Method::get, Target("/images/", reference, "/json").text(), {}, {}, {}}, call);
  if (!document) return tl::unexpected(document.error());
  const json::Value* root = &*document;
  const auto* config = json::find(root, "Config");
  ImageDetails details;
  details.id = json::string_or(json::find(root, "Id"));
  details.tags = strings_of(json::find(root, "RepoTags"));
  details.digests = strings_of(json::find(root, "RepoDigests"));
  details.os = json::string_or(json::find(root, "Os"));
  details.architecture = json::string_or(json::find(root, "Architecture"));
  details.user = json::string_or(json::find(config, "User"));
  details.size = json::int_or(json::find(root, "Size"));
  details.created = json::string_or(json::find(root, "Created"));
  details.entrypoint = strings_of(json::find(config, "Entrypoint"));
  details.command = strings_of(json::find(config, "Cmd"));
  details.labels = map_of(json::find(config, "Labels"));
  return details;
}

Result<std::vector<ImageSummary>> list_images(const Client& client, const std::vector<std::string>& labels,
                                              const Call& call) {
  Target target("/images/json");
  if (!labels.empty()) target.add("filters", filters_text({{"label", labels}}));
  const auto document = client.send_for_json({Method::get, target.text(), {}, {}, {}}, call);
  if (!document) return tl::unexpected(document.error());
  std::vector<ImageSummary> list;
  if (!document->IsArray()) return list;
  for (const auto& item : document->GetArray()) {
    list.push_back({json::string_or(json::find(&item, "Id")), strings_of(json::find(&item, "RepoTags")),
                    json::int_or(json::find(&item, "Size")), json::int_or(json::find(&item, "Created")),
                    map_of(json::find(&item, "Labels"))});
  }
  return list;
}

Result<void> pull_image(const Client& client, const ImageReference& reference,
                        const std::function<void(const PullProgress&)>& on_progress, const Call& call,
                        const std::string& auth) {
  if (reference.tag.empty() && reference.digest.empty()) {
    return tl::unexpected(bad_input(fmt::format("'{}' names neither a tag nor a digest", reference.text())));
  }
  Request request;
  request.method = Method::post;
  request.target = Target("/images/create")
                       .add("fromImage", reference.name)
                       .add("tag", reference.digest.empty() ? reference.tag : reference.digest)
                       .text();
  if (!auth.empty()) request.headers = {{"X-Registry-Auth", auth}};
  return send_and_watch(
      client, std::move(request), kCreate,
      [&on_progress](const json::Value& line) -> Result<void> {
        if (on_progress) on_progress(progress_of(line));
        return {};
      },
      call);
}

Result<std::string> import_image(const Client& client, const std::string& tar, const ImageReference& tag,
                                 const std::vector<std::string>& changes, const Call& call) {
  Target target("/images/create");
  target.add("fromSrc", "-").add("repo", tag.name).add("tag", tag.tag);
  for (const auto& change : changes) target.add("changes", change);
  Request request;
  request.method = Method::post;
  request.target = target.text();
  request.body = tar;
  request.content_type = "application/x-tar";
  std::string id;  // the last line is {"status":"sha256:…"}
  const auto done = send_and_watch(
      client, std::move(request), kCreate,
      [&id](const json::Value& line) -> Result<void> {
        id = json::string_or(json::find(&line, "status"));
        return {};
      },
      call);
  if (!done) return tl::unexpected(done.error());
  if (!id.starts_with("sha256:")) {
    return tl::unexpected(Error{ErrorKind::malformed, 0, kCreate, "the answer names no image"});
  }
  return id;
}

Result<void> tag_image(const Client& client, const std::string& image, const ImageReference& tag,
                       const Call& call) {
  Request request;
  request.method = Method::post;
  request.target = Target("/images/", image, "/tag").add("repo", tag.name).add("tag", tag.tag).text();
  const auto response = client.send(std::move(request), call);
  if (!response) return tl::unexpected(response.error());
  return {};
}

Result<void> save_images(const Client& client, const std::vector<std::string>& images, const BodySink& sink,
                         const Call& call) {
  Target target("/images/get");
  for (const auto& image : images) target.add("names", image);
  const auto response = client.send({Method::get, target.text(), {}, {}, {}}, call, sink);
  if (!response) return tl::unexpected(response.error());
  return {};
}

Result<void> load_images(const Client& client, BodySource tar, const Call& call) {
  Request request;
  request.method = Method::post;
  request.target = Target("/images/load").add("quiet", "1").text();
  request.content_type = "application/x-tar";
  request.source = std::move(tar);
  return send_and_watch(
      client, std::move(request), "POST /images/load", [](const json::Value&) -> Result<void> { return {}; },
      call);
}

Result<void> remove_image(const Client& client, const std::string& reference, const Call& call) {
  const auto response =
      client.send({Method::del, Target("/images/", reference, "").text(), {}, {}, {}}, call);
  if (!response && !response.error().is_status(404)) return tl::unexpected(response.error());
  return {};
}

}  // namespace docker
