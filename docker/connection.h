// Raw connections to an engine, over a unix socket or tcp with or without TLS. Internal to docker/; it must
// not know what is said on them.
#pragma once

#include <memory>

#include "docker/endpoint.h"
#include "docker/transport.h"

namespace docker {

/// Blocks until connected, to the call's deadline. Errors: unreachable, forbidden, timed_out, cancelled.
Result<std::unique_ptr<Connection>> connect_unix(const Endpoint& endpoint, const Call& call);

/// The same over tcp, with the endpoint's TLS; libcurl makes the connection, so that it is trusted by exactly
/// the rules of every other request. Cancellation takes effect within a second. Errors: as above, and tls.
Result<std::unique_ptr<Connection>> connect_tcp(const Endpoint& endpoint, const Call& call);

}  // namespace docker
