// Where the engine is: DOCKER_HOST, the current docker context, or the default socket. It must not connect.
#include "docker/endpoint.h"

#include <fmt/format.h>

#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/json.h"
#include "docker/sha256.h"

namespace docker {
namespace {

namespace fs = std::filesystem;
namespace json = base::json;

constexpr std::string_view kDefaultSocket = "unix:///var/run/docker.sock";
constexpr int kPlainPort = 2375;
constexpr int kTlsPort = 2376;

Result<Endpoint> parse_tcp(std::string_view address, std::string_view rest) {
  Endpoint endpoint;
  rest = rest.substr(0, rest.find('/'));
  const auto colon = rest.rfind(':');
  const bool has_port = colon != std::string_view::npos && rest.find(']', colon) == std::string_view::npos;
  endpoint.host = rest.substr(0, has_port ? colon : rest.size());
  if (endpoint.host.starts_with('[') && endpoint.host.ends_with(']')) {
    endpoint.host = endpoint.host.substr(1, endpoint.host.size() - 2);
  }
  if (endpoint.host.empty()) return tl::unexpected(bad_input(fmt::format("'{}' names no host", address)));
  if (!has_port) return endpoint;  // the port follows from whether TLS is used
  const auto digits = rest.substr(colon + 1);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), endpoint.port);
  if (error != std::errc() || end != digits.data() + digits.size() || endpoint.port < 1 ||
      endpoint.port > 65535) {
    return tl::unexpected(bad_input(fmt::format("'{}': '{}' is no port", address, digits)));
  }
  return endpoint;
}

Result<json::Document> read_json(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) return tl::unexpected(bad_input(fmt::format("{} cannot be read", path.string())));
  auto document = json::parse(text.str());
  if (!document) {
    return tl::unexpected(bad_input(fmt::format("{} is not JSON (at byte {}: {})", path.string(),
                                                document.error().offset, document.error().message)));
  }
  return std::move(*document);
}

void set_default_port(Endpoint& endpoint) {
  if (!endpoint.is_unix() && endpoint.port == 0) endpoint.port = endpoint.tls ? kTlsPort : kPlainPort;
}

Result<Endpoint> from_docker_host(const std::string& address, const Environment& environment) {
  auto endpoint = parse_endpoint(address);
  if (!endpoint) {
    endpoint.error().message = "DOCKER_HOST: " + endpoint.error().message;
    return endpoint;
  }
  endpoint->origin = "DOCKER_HOST";
  const bool verify = !environment("DOCKER_TLS_VERIFY").value_or("").empty();
  const bool tls = verify || !environment("DOCKER_TLS").value_or("").empty();
  if (tls && !endpoint->is_unix()) {
    const auto named = environment("DOCKER_CERT_PATH").value_or("");
    const fs::path folder = named.empty() ? docker_config_folder(environment) : fs::path(named);
    endpoint->tls = TlsFiles{folder / "ca.pem", folder / "cert.pem", folder / "key.pem", verify};
  }
  set_default_port(*endpoint);
  return endpoint;
}

/// The files of a context lie under the SHA-256 of its name (docker/cli, cli/context/store).
Result<Endpoint> from_context(const std::string& name, const fs::path& folder) {
  const auto key = sha256_hex(name);
  const fs::path meta = folder / "contexts" / "meta" / key / "meta.json";
  if (!fs::exists(meta)) {
    return tl::unexpected(
        bad_input(fmt::format("the docker context '{}' does not exist (no {})", name, meta.string())));
  }
  const auto document = read_json(meta);
  if (!document) return tl::unexpected(document.error());
  const auto* docker = json::find(&*document, "Endpoints", "docker");
  auto endpoint = parse_endpoint(json::string_or(json::find(docker, "Host")));
  if (!endpoint) {
    endpoint.error().message = fmt::format("the docker context '{}': {}", name, endpoint.error().message);
    return endpoint;
  }
  endpoint->origin = fmt::format("the docker context '{}'", name);
  const fs::path tls = folder / "contexts" / "tls" / key / "docker";
  if (!endpoint->is_unix() && fs::exists(tls)) {
    const auto file = [&tls](const char* leaf) {
      return fs::exists(tls / leaf) ? (tls / leaf).string() : std::string();
    };
    const bool verify = !json::bool_or(json::find(docker, "SkipTLSVerify"));
    endpoint->tls = TlsFiles{file("ca.pem"), file("cert.pem"), file("key.pem"), verify};
  }
  set_default_port(*endpoint);
  return endpoint;
}

}  // namespace

fs::path docker_config_folder(const Environment& environment) {
  if (const auto folder = environment("DOCKER_CONFIG"); folder && !folder->empty()) return *folder;
  return fs::path(environment("HOME").value_or("/")) / ".docker";
}

std::string Endpoint::address() const {
  if (is_unix()) return "unix://" + socket_path;
  const bool v6 = host.find(':') != std::string::npos;
  return fmt::format("tcp://{}{}{}:{}", v6 ? "[" : "", host, v6 ? "]" : "", port);
}

Environment process_environment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());  // NOLINT(concurrency-mt-unsafe): read before any thread
    if (value == nullptr) return std::nullopt;
    return value;
  };
}

Result<Endpoint> parse_endpoint(std::string_view address) {
  const auto colon = address.find("://");
  if (colon == std::string_view::npos) {
    return tl::unexpected(bad_input(
        fmt::format("'{}' is no engine address; expected unix:///path or tcp://host:port", address)));
  }
  const auto scheme = address.substr(0, colon);
  const auto rest = address.substr(colon + 3);
  if (scheme == "unix") {
    if (rest.empty()) return tl::unexpected(bad_input(fmt::format("'{}' names no socket", address)));
    Endpoint endpoint;
    endpoint.socket_path = rest;
    return endpoint;
  }
  if (scheme == "tcp" || scheme == "http" || scheme == "https") return parse_tcp(address, rest);
  return tl::unexpected(bad_input(
      fmt::format("'{}': the scheme '{}' is not supported; use unix:// or tcp://", address, scheme)));
}

Result<Endpoint> find_endpoint(const Environment& environment) {
  if (const auto host = environment("DOCKER_HOST"); host && !host->empty()) {
    return from_docker_host(*host, environment);
  }
  const fs::path folder = docker_config_folder(environment);
  std::string context = environment("DOCKER_CONTEXT").value_or("");
  if (context.empty() && fs::exists(folder / "config.json")) {
    const auto config = read_json(folder / "config.json");
    if (!config) return tl::unexpected(config.error());
    context = json::string_or(json::find(&*config, "currentContext"));
  }
  if (!context.empty() && context != "default") return from_context(context, folder);
  auto endpoint = parse_endpoint(kDefaultSocket);
  if (endpoint) endpoint->origin = "the default socket";
  return endpoint;
}

}  // namespace docker
