// Where the engine is: DOCKER_HOST, the current docker context, or the default socket. It must not connect.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "docker/error.h"

namespace docker {

/// Certificate files for TLS; all of them PEM.
struct TlsFiles {
  std::string ca;
  std::string certificate;
  std::string key;
  bool verify = true;  ///< check the engine's certificate and name
};

/// Address of one engine.
struct Endpoint {
  std::string socket_path;      ///< of a unix socket; empty for tcp
  std::string host;             ///< for tcp
  int port = 0;                 ///< for tcp
  std::optional<TlsFiles> tls;  ///< for tcp
  std::string origin;           ///< who named it, for messages: "DOCKER_HOST", "the docker context 'ci'", …

  [[nodiscard]] bool is_unix() const { return !socket_path.empty(); }
  /// As DOCKER_HOST would name it: "unix:///var/run/docker.sock", "tcp://10.0.0.2:2376".
  [[nodiscard]] std::string address() const;
};

/// Looks up an environment variable; nothing if it is not set.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;
/// Of this process.
Environment process_environment();

/// Where the docker command keeps its configuration: DOCKER_CONFIG, else ~/.docker. It need not exist.
std::filesystem::path docker_config_folder(const Environment& environment);

/// Parses "unix:///path" or "tcp://host[:port]" ("http" and "https" stand for tcp). Errors: `bad_input`, also
/// for another scheme such as ssh.
Result<Endpoint> parse_endpoint(std::string_view address);

/// The endpoint that the docker command would use, in its order (docker/cli, cli/command/cli.go): DOCKER_HOST
/// with DOCKER_TLS_VERIFY and DOCKER_CERT_PATH, else the context that DOCKER_CONTEXT or the configuration's
/// `currentContext` names, else unix:///var/run/docker.sock. Reads files of the docker configuration folder.
/// Errors: those of parse_endpoint, and `bad_input` for a context that does not exist or cannot be read.
Result<Endpoint> find_endpoint(const Environment& environment);

}  // namespace docker
