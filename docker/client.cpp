// One engine, with the API version agreed on: what every endpoint's function sends its requests through. It
// must not know any endpoint but those of the negotiation.
#include "docker/client.h"

#include <fmt/format.h>

#include <charconv>

namespace docker {
namespace {

namespace json = base::json;

std::string called(const Request& request) {
  return fmt::format("{} {}", name_of(request.method),
                     std::string_view(request.target).substr(0, request.target.find('?')));
}

Error unsupported(std::string message) {
  return {ErrorKind::unsupported, 0, "GET /version", std::move(message)};
}

struct VersionRange {
  ApiVersion newest;
  ApiVersion oldest;
};

Result<VersionRange> ask_version(Transport& transport, const Call& call) {
  const auto response = transport.send({Method::get, "/version", {}, {}, {}}, call);
  if (!response) return tl::unexpected(response.error());
  if (response->status >= 400) return tl::unexpected(refusal(*response, "GET /version"));
  const auto document = json::parse(response->body);
  const json::Value* root = document ? &*document : nullptr;
  const auto newest = ApiVersion::parse(json::string_or(json::find(root, "ApiVersion")));
  if (!newest) {
    return tl::unexpected(Error{ErrorKind::malformed, 0, "GET /version",
                                "the answer names no ApiVersion; is this an engine's socket?"});
  }
  return VersionRange{
      *newest, ApiVersion::parse(json::string_or(json::find(root, "MinAPIVersion"))).value_or(ApiVersion{})};
}

/// Of the header `Server: Docker/20.10.24 (linux)`, or `Libpod/4.3.1 (linux)`; a proxy may have put its own.
std::string release_of(std::string_view server) {
  for (const std::string_view product : {"Docker/", "Libpod/"}) {
    if (!server.starts_with(product)) continue;
    server.remove_prefix(product.size());
    return std::string(server.substr(0, server.find(' ')));
  }
  return {};
}

}  // namespace

std::string ApiVersion::text() const {
  return fmt::format("{}.{}", major, minor);
}

std::optional<ApiVersion> ApiVersion::parse(std::string_view text) {
  ApiVersion version;
  const char* end = text.data() + text.size();
  const auto first = std::from_chars(text.data(), end, version.major);
  if (first.ec != std::errc() || first.ptr == end || *first.ptr != '.') return std::nullopt;
  const auto second = std::from_chars(first.ptr + 1, end, version.minor);
  if (second.ec != std::errc()) return std::nullopt;
  return version;
}

Result<std::unique_ptr<Client>> Client::connect(std::unique_ptr<Transport> transport, const Call& call) {
  const auto ping = transport->send({Method::head, "/_ping", {}, {}, {}}, call);
  if (!ping) return tl::unexpected(ping.error());
  VersionRange theirs;
  if (const auto newest = ApiVersion::parse(ping->header("Api-Version"))) theirs.newest = *newest;
  if (theirs.newest == ApiVersion{} || theirs.newest > kNewest) {
    const auto asked = ask_version(*transport, call);
    if (!asked) return tl::unexpected(asked.error());
    theirs = *asked;
  }
  if (theirs.newest < kOldest || theirs.oldest > kNewest) {
    return tl::unexpected(
        unsupported(fmt::format("the engine speaks API {} to {}, this client {} to {}", theirs.oldest.text(),
                                theirs.newest.text(), kOldest.text(), kNewest.text())));
  }
  // A header of Podman's own (containers/podman, pkg/api/handlers/compat/ping.go).
  const auto dialect = ping->header("Libpod-Api-Version").empty() ? Dialect::docker : Dialect::podman;
  return std::make_unique<Client>(std::move(transport), std::min(theirs.newest, kNewest), dialect,
                                  release_of(ping->header("Server")));
}

std::string Client::versioned(std::string_view target) const {
  return fmt::format("/v{}{}", version_.text(), target);
}

Result<Response> Client::send(Request request, const Call& call, const BodySink& sink) const {
  const auto name = called(request);
  request.target = versioned(request.target);
  auto response = transport_->send(request, call, sink);
  if (!response) {
    if (response.error().kind != ErrorKind::bad_input) response.error().call = name;
    return response;
  }
  if (response->status >= 400) return tl::unexpected(refusal(*response, name));
  return response;
}

Result<json::Document> Client::send_for_json(Request request, const Call& call) const {
  const auto name = called(request);
  const auto response = send(std::move(request), call);
  if (!response) return tl::unexpected(response.error());
  auto document = json::parse(response->body);
  if (document) return std::move(*document);
  return tl::unexpected(Error{ErrorKind::malformed, 0, name,
                              fmt::format("the answer is not JSON (at byte {}: {})", document.error().offset,
                                          document.error().message)});
}

Error refusal(const Response& response, std::string called) {
  const auto document = json::parse(response.body);
  auto message = document ? json::string_or(json::find(&*document, "message")) : std::string();
  if (message.empty())
    message = response.body.substr(0, std::min<std::size_t>(response.body.find('\n'), 400));
  if (message.empty()) message = "no message";
  return {ErrorKind::refused, response.status, std::move(called), std::move(message)};
}

Target::Target(std::string_view before, std::string_view name, std::string_view after)
    : text_(fmt::format("{}{}{}", before, percent_encode(name), after)) {}

Target& Target::add(std::string_view name, std::string_view value) {
  text_ += has_query_ ? '&' : '?';
  has_query_ = true;
  text_ += fmt::format("{}={}", name, percent_encode(value));
  return *this;
}

std::string percent_encode(std::string_view text) {
  constexpr std::string_view kPlain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/:";
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (kPlain.find(c) != std::string_view::npos) {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

}  // namespace docker
