// POST /containers/{id}/attach: the standard streams of a container, both ways, on a connection of their own.
// It must not know what is said on them.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "docker/client.h"
#include "docker/demux.h"

namespace docker {

/// stdin, stdout and stderr of one container. One thread reads while any other writes.
class AttachedStream {
 public:
  enum class State { open, ended, broken };

  AttachedStream(std::unique_ptr<Connection> connection, std::string first_bytes)
      : connection_(std::move(connection)), first_bytes_(std::move(first_bytes)) {}

  /// Readable when `read` has something to do. Read once before the first wait: bytes may have come with the
  /// answer's head.
  [[nodiscard]] int fd() const { return connection_->fd(); }

  /// Hands on what is there without blocking. After `ended` (all output has come) or `broken` (`error()` says
  /// why: the connection failed, or the stream is no multiplexed stream) it must not be called again.
  State read(const Demux::Sink& sink);

  /// Writes to stdin; blocks until the connection has taken all of it, to the call's deadline. Errors:
  /// timed_out and cancelled (part of it may have been taken), broken (nobody reads it any more).
  Result<void> write(std::string_view bytes, const Call& call);

  /// Half-closes: the container reads the end of its stdin, its output goes on. Any thread, more than once.
  void close_stdin();

  [[nodiscard]] const std::string& error() const { return error_; }

 private:
  State finish(std::string error);

  std::unique_ptr<Connection> connection_;
  std::string first_bytes_;
  Demux demux_;
  std::string error_;
  std::once_flag closed_;
};

/// Attaches to all three streams of a created container. Returns when the engine has switched the connection
/// over (status 101), so that nothing that the container writes after a start can be missed. Errors: refused
/// with 404 (no such container) or 409 (it is paused or being removed), `malformed` for a status below 400
/// other than 101.
Result<std::unique_ptr<AttachedStream>> attach_container(const Client& client, const std::string& id,
                                                         const Call& call);

/// The terminal of a container with `tty`: what it shows comes as it is, without any framing.
struct Terminal {
  std::unique_ptr<Connection> connection;
  std::string first_bytes;  ///< came with the answer's head
};

/// The same for such a container.
Result<Terminal> attach_terminal(const Client& client, const std::string& id, const Call& call);

/// POST /containers/{id}/resize: the size of its terminal, in characters.
Result<void> resize_terminal(const Client& client, const std::string& id, int rows, int columns,
                             const Call& call);

}  // namespace docker
