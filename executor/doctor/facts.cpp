// What an engine says of itself, and what this machine shows of it. It must not judge it.
#include "executor/doctor/facts.h"

#include <algorithm>
#include <filesystem>

namespace executor::doctor {

bool Facts::is_podman() const {
  return version.name.find("Podman") != std::string::npos;
}

bool Facts::is_rootless() const {
  const auto& options = info.security_options;
  return std::any_of(options.begin(), options.end(),
                     [](const auto& option) { return option.starts_with("name=rootless"); });
}

docker::Result<Facts> ask(const docker::Client& client, const docker::Endpoint& endpoint,
                          const docker::Call& call) {
  Facts facts;
  facts.address = endpoint.address();
  facts.address_origin = endpoint.origin;
  facts.agreed = client.version();
  auto version = docker::engine_version(client, call);
  if (!version) return tl::unexpected(version.error());
  facts.version = std::move(*version);
  auto info = docker::engine_info(client, call);
  if (!info) return tl::unexpected(info.error());
  facts.info = std::move(*info);
  // Only behind a unix socket is a path of the engine a path of this machine, and even that socket may be
  // forwarded: a folder that is not there says nothing.
  std::error_code error;
  const auto space = std::filesystem::space(facts.info.root_dir, error);
  if (endpoint.is_unix() && !error) facts.disk_free = static_cast<std::int64_t>(space.available);
  return facts;
}

}  // namespace executor::doctor
