// Credentials for registries, as the docker command keeps them: in its configuration file, or with a
// credential helper. It must not talk to any engine or registry.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "docker/endpoint.h"
#include "docker/error.h"
#include "docker/image_reference.h"

namespace docker {

/// What a registry wants to see: a name and a password, or a token.
struct RegistryAuth {
  std::string server;  ///< the key under which it was found, as the engine wants it back
  std::string username;
  std::string password;
  std::string identity_token;
  std::string origin;  ///< where it was found, for messages: "docker-credential-pass"
};

/// The registry of a reference by the rule of distribution/reference: what stands before the first slash if
/// it has a dot or a colon in it or is "localhost"; else Docker Hub, whose key in the configuration is
/// "https://index.docker.io/v1/".
std::string registry_of(const ImageReference& reference);

/// Looks in the configuration's config.json (DOCKER_CONFIG, else ~/.docker) in the order of docker/cli,
/// cli/config/configfile: the helper that `credHelpers` names for this registry, else the one of
/// `credsStore`, else `auths`. Nothing if there is no configuration, or none for this registry. Blocks while
/// a helper runs, to the call's deadline. Errors: `bad_input` for a file that cannot be understood and a
/// helper that is missing or fails; no error holds a secret.
Result<std::optional<RegistryAuth>> find_registry_auth(const std::string& registry,
                                                       const Environment& environment, const Call& call);

/// The value of the header X-Registry-Auth: JSON in base64url.
std::string registry_auth_header(const RegistryAuth& auth);

/// The value of the header X-Registry-Config, of a build: credentials by registry, as of `registry_of`. Empty
/// if there are none.
std::string registry_config_header(const std::map<std::string, RegistryAuth>& auths);

}  // namespace docker
