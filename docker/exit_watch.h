// POST /containers/{id}/wait: learns of a container's exit without a thread. It must not know why it is
// asked.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "docker/client.h"

namespace docker {

class BodyReader;

struct ExitStatus {
  std::int64_t code = 0;  ///< 128 + signal where a signal ended it
  std::string error;      ///< the engine's own trouble with waiting; usually empty
};

/// A pending answer of the engine that comes when the container exits.
class ExitWatch {
 public:
  ExitWatch(std::unique_ptr<Connection> connection, const Response& head, std::string first_bytes);
  ~ExitWatch();

  /// Readable when `poll` has something to do. Poll once before the first wait.
  [[nodiscard]] int fd() const { return connection_->fd(); }

  /// Without blocking: the status once the container has exited, nothing while it has not. Errors: `broken`
  /// (the engine went away), `malformed`. Must not be called after a status or an error.
  Result<std::optional<ExitStatus>> poll();

 private:
  [[nodiscard]] Result<ExitStatus> parse() const;

  std::unique_ptr<Connection> connection_;
  std::unique_ptr<BodyReader> body_;
  std::string first_bytes_;
};

/// Asks for the exit of a container that is not started yet (condition `next-exit`). Returns when the engine
/// has answered with its headers, that is, when it is watching: an exit after a later start cannot be missed.
/// Errors: refused with 404.
Result<std::unique_ptr<ExitWatch>> watch_exit(const Client& client, const std::string& id, const Call& call);

}  // namespace docker
