// A request written by hand on a connection of its own, for the answers that outlive a request: attach and
// wait. Internal to docker/.
#pragma once

#include <memory>
#include <string>

#include "docker/client.h"

namespace docker {

struct RawReply {
  std::unique_ptr<Connection> connection;
  Response head;     ///< status below 400, headers
  std::string rest;  ///< what came behind the head in the same read
};

/// Sends `POST target` without a body and blocks until the head of the answer is there, to the call's
/// deadline. `upgrade` asks for a raw stream (Connection: Upgrade, Upgrade: tcp). A status of 400 or more is
/// an error `refused`; an end of the connection before the head is `broken`.
Result<RawReply> raw_request(const Client& client, const std::string& target, bool upgrade, const Call& call);

/// Writes all bytes, blocking to the call's deadline. The error's message says how many bytes were taken.
Result<void> write_all(Connection& connection, std::string_view bytes, const Call& call);

}  // namespace docker
