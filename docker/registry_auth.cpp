// Credentials for registries, as the docker command keeps them: in its configuration file, or with a
// credential helper. It must not talk to any engine or registry.
#include "docker/registry_auth.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/json.h"
#include "base/program.h"
#include "docker/json_parts.h"

namespace docker {
namespace {

namespace fs = std::filesystem;
namespace json = base::json;

constexpr const char* kDockerHub = "https://index.docker.io/v1/";
/// A helper says so in the place of a user's name when its secret is a token
/// (docker/docker-credential-helpers).
constexpr const char* kTokenUser = "<token>";

tl::unexpected<Error> bad(std::string message) {
  return tl::unexpected(bad_input(std::move(message)));
}

std::string base64(std::string_view bytes) {
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
  const auto size =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                      reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  return text;
}

std::optional<std::string> from_base64(std::string text) {
  while (text.size() % 4 != 0) text += '=';
  std::string bytes(text.size() / 4 * 3 + 1, '\0');
  const auto size =
      EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                      reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  if (size < 0) return std::nullopt;
  const auto padding =
      std::count(text.end() - std::min<std::ptrdiff_t>(2, std::ssize(text)), text.end(), '=');
  bytes.resize(static_cast<std::size_t>(size - padding));
  return bytes;
}

/// "https://registry.example:5000/v2/" → "registry.example:5000": older clients kept whole addresses.
std::string host_of(std::string_view key) {
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (key.starts_with(scheme)) key.remove_prefix(scheme.size());
  }
  return std::string(key.substr(0, key.find('/')));
}

/// One entry of `auths`: {"auth":"base64 of NAME:PASSWORD","identitytoken":"…"}.
Result<std::optional<RegistryAuth>> read_entry(const std::string& key, const json::Value& entry,
                                               const std::string& file) {
  RegistryAuth auth;
  auth.server = key;
  auth.origin = file;
  auth.username = json::string_or(json::find(&entry, "username"));
  auth.password = json::string_or(json::find(&entry, "password"));
  auth.identity_token = json::string_or(json::find(&entry, "identitytoken"));
  if (const auto encoded = json::string_or(json::find(&entry, "auth")); !encoded.empty()) {
    const auto both = from_base64(encoded);
    const auto colon = both ? both->find(':') : std::string::npos;
    if (colon == std::string::npos)
      return bad(fmt::format("{}: auths.{}.auth is not NAME:PASSWORD in base64", file, key));
    auth.username = both->substr(0, colon);
    auth.password = both->substr(colon + 1);
    // The docker command pads with NUL bytes (cli/config/configfile, decodeAuth).
    while (auth.password.ends_with('\0')) auth.password.pop_back();
  }
  if (auth.username.empty() && auth.identity_token.empty()) return std::nullopt;
  return auth;
}

Result<std::optional<RegistryAuth>> from_file(const json::Value* auths, const std::string& registry,
                                              const std::string& file) {
  if (auths == nullptr || !auths->IsObject()) return std::nullopt;
  if (const auto* exact = json::find(auths, registry)) return read_entry(registry, *exact, file);
  for (const auto& member : auths->GetObject()) {
    if (host_of(member.name.GetString()) == host_of(registry)) {
      return read_entry(member.name.GetString(), member.value, file);
    }
  }
  return std::nullopt;
}

/// `docker-credential-NAME get`: the registry on stdin, {"ServerURL":…,"Username":…,"Secret":…} on stdout;
/// its errors are texts on stdout with another exit code.
Result<std::optional<RegistryAuth>> ask_helper(const std::string& helper, const std::string& registry,
                                               const Call& call) {
  const auto program = "docker-credential-" + helper;
  if (helper.find('/') != std::string::npos)
    return bad(fmt::format("'{}' is no name of a credential helper", helper));
  const auto ran = base::run_program({program, "get"}, registry, call.deadline, call.stop);
  if (!ran) return bad(fmt::format("the credential helper {} {}", program, ran.error()));
  if (ran->exit_code != 0) {
    if (ran->out.find("credentials not found") != std::string::npos) return std::nullopt;
    const auto said = (ran->out.empty() ? ran->err : ran->out).substr(0, 300);
    return bad(fmt::format("the credential helper {} has no answer for {}: {}", program, registry,
                           said.substr(0, said.find('\n'))));
  }
  const auto document = json::parse(ran->out);
  if (!document) return bad(fmt::format("the credential helper {} did not answer with JSON", program));
  RegistryAuth auth;
  auth.server = json::string_or(json::find(&*document, "ServerURL"), registry);
  auth.username = json::string_or(json::find(&*document, "Username"));
  auth.password = json::string_or(json::find(&*document, "Secret"));
  auth.origin = program;
  if (auth.username == kTokenUser) {
    auth.identity_token = std::move(auth.password);
    auth.username.clear();
    auth.password.clear();
  }
  if (auth.username.empty() && auth.identity_token.empty()) return std::nullopt;
  return auth;
}

void put(json::Writer& out, const RegistryAuth& auth) {
  out.begin_object();
  add_text(out, "username", auth.username);
  add_text(out, "password", auth.password);
  add_text(out, "identitytoken", auth.identity_token);
  add_text(out, "serveraddress", auth.server);
  out.end_object();
}

/// The alphabet of RFC 4648, section 5, with its padding (moby, api/types/registry).
std::string base64_for_addresses(std::string_view bytes) {
  auto text = base64(bytes);
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  return text;
}

}  // namespace

std::string registry_of(const ImageReference& reference) {
  const auto slash = reference.name.find('/');
  const auto first = reference.name.substr(0, slash);
  const bool is_host =
      slash != std::string::npos && (first.find_first_of(".:") != std::string::npos || first == "localhost");
  if (!is_host || first == "docker.io" || first == "index.docker.io") return kDockerHub;
  return first;
}

Result<std::optional<RegistryAuth>> find_registry_auth(const std::string& registry,
                                                       const Environment& environment, const Call& call) {
  const auto path = docker_config_folder(environment) / "config.json";
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  std::ostringstream content;
  content << file.rdbuf();
  const auto document = json::parse(content.str());
  if (!document)
    return bad(
        fmt::format("{}: byte {}: {}", path.string(), document.error().offset, document.error().message));
  const auto* root = &*document;
  auto helper = json::string_or(json::find(root, "credHelpers", registry));
  if (helper.empty()) helper = json::string_or(json::find(root, "credsStore"));
  if (!helper.empty()) return ask_helper(helper, registry, call);
  return from_file(json::find(root, "auths"), registry, path.string());
}

std::string registry_auth_header(const RegistryAuth& auth) {
  json::Writer out;
  put(out, auth);
  return base64_for_addresses(out.text());
}

std::string registry_config_header(const std::map<std::string, RegistryAuth>& auths) {
  if (auths.empty()) return {};
  json::Writer out;
  out.begin_object();
  for (const auto& [registry, auth] : auths) {
    out.key(registry);
    put(out, auth);
  }
  out.end_object();
  return base64_for_addresses(out.text());
}

}  // namespace docker
