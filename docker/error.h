// What can go wrong between this library and an engine. It must not know what the caller wanted to achieve.
#pragma once

#include <stop_token>
#include <string>
#include <utility>

#include <tl/expected.hpp>

#include "base/deadline.h"

namespace docker {

enum class ErrorKind {
  unreachable,  ///< nothing listens there: no such socket, connection refused, host not found
  forbidden,    ///< the socket is there, but this user may not open it
  tls,          ///< certificates do not fit
  broken,       ///< the connection ended before the whole answer was there
  timed_out,    ///< the call's deadline passed; whether the engine did it is unknown
  cancelled,    ///< the call's stop token was triggered; whether the engine did it is unknown
  refused,      ///< the engine answered with a status of 400 or more
  malformed,    ///< the answer is not what the API promises
  unsupported,  ///< the engine's API versions and ours do not overlap
  bad_input,    ///< what the caller gave cannot be used: an unreadable folder, a wrong reference or address
};

/// One failed call.
struct Error {
  ErrorKind kind = ErrorKind::broken;
  int status = 0;       ///< HTTP status, for `refused`; else 0
  std::string call;     ///< what was called: "POST /containers/create"
  std::string message;  ///< the engine's own message for `refused`, else ours; one sentence without a dot

  /// For a person: "POST /containers/create: 409: Conflict. The container name …".
  [[nodiscard]] std::string describe() const;
  [[nodiscard]] bool is_status(int code) const { return kind == ErrorKind::refused && status == code; }
  /// The engine itself is away: another call would fail in the same way.
  [[nodiscard]] bool is_engine_gone() const {
    return kind == ErrorKind::unreachable || kind == ErrorKind::forbidden || kind == ErrorKind::broken;
  }
};

/// An error of that kind, before anything was called.
inline Error bad_input(std::string message) {
  return {ErrorKind::bad_input, 0, {}, std::move(message)};
}

template <class T>
using Result = tl::expected<T, Error>;

/// How long a call may take and what stops it early. Every call of this library takes one.
struct Call {
  base::Deadline deadline;
  std::stop_token stop = {};
};

}  // namespace docker
