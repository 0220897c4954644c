// POST /build: makes an image out of a folder with a Dockerfile, by the engine's own builder. It must not
// know what the image is for.
#include "docker/image_build.h"

#include "docker/json_parts.h"
#include "docker/json_stream.h"

namespace docker {
namespace {

namespace json = base::json;

constexpr const char* kBuild = "POST /build";

std::string object_text(const std::map<std::string, std::string>& map) {
  json::Writer out;
  out.begin_object();
  for (const auto& [name, value] : map) out.member(name, value);
  out.end_object();
  return out.take();
}

std::string build_target(const BuildContext& context, const BuildOptions& options) {
  Target target("/build");
  target.add("t", options.tag).add("dockerfile", context.dockerfile()).add("rm", "1").add("forcerm", "1");
  if (!options.args.empty()) target.add("buildargs", object_text(options.args));
  if (!options.labels.empty()) target.add("labels", object_text(options.labels));
  if (!options.target.empty()) target.add("target", options.target);
  if (!options.network.empty()) target.add("networkmode", options.network);
  target.add_flag("nocache", options.no_cache);
  return target.text();
}

}  // namespace

Result<std::string> build_image(const Client& client, const BuildContext& context,
                                const BuildOptions& options,
                                const std::function<void(std::string_view)>& on_output, const Call& call) {
  std::string id;
  // {"stream":"Step 1/3 : FROM …\n"} · {"aux":{"ID":"sha256:…"}} · {"error":"…","errorDetail":{…}}
  JsonStream lines([&](const json::Value& line) -> Result<void> {
    if (const auto error = json::as_string(json::find(&line, "error"))) {
      return tl::unexpected(Error{ErrorKind::refused, 200, kBuild, std::string(*error)});
    }
    if (const auto built = json::as_string(json::find(&line, "aux", "ID"))) id = *built;
    if (const auto output = json::as_string(json::find(&line, "stream")); output && on_output) {
      on_output(*output);
    }
    return {};
  });
  Request request;
  request.method = Method::post;
  request.target = build_target(context, options);
  request.content_type = "application/x-tar";
  if (!options.registry_config.empty()) request.headers = {{"X-Registry-Config", options.registry_config}};
  request.source = context.tar();
  const auto response =
      client.send(std::move(request), call, [&lines](std::string_view bytes) { return lines.feed(bytes); });
  if (!response) return tl::unexpected(response.error());
  if (auto ended = lines.finish(); !ended) return tl::unexpected(ended.error());
  if (id.empty()) return tl::unexpected(Error{ErrorKind::malformed, 0, kBuild, "the answer names no image"});
  return id;
}

}  // namespace docker
