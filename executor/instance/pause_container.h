// A container in which only the pause program lives, and the questions that it answers. It must not know what
// its namespaces and mounts are held for.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "docker/attach.h"
#include "docker/container_create.h"
#include "executor/track/tracker.h"

namespace executor::instance {

/// What a network namespace has in use.
struct SocketCount {
  std::int64_t used = 0;       ///< open sockets of any kind
  std::int64_t tcp = 0;        ///< TCP sockets that no process may have any more, but that still close
  std::int64_t time_wait = 0;  ///< closed ones whose port is kept from being bound again for a minute

  bool operator==(const SocketCount&) const = default;
};

/// Reads proc(5)'s net/sockstat; nothing if it is none.
std::optional<SocketCount> read_socket_count(std::string_view sockstat);

/// One such container, from its start to its removal. One thread uses it at a time.
class PauseContainer {
 public:
  /// Creates, attaches and starts. `spec` lacks name, labels and stdin. Blocks to the call's deadline; an
  /// error leaves nothing behind that the engine can remove.
  static docker::Result<std::unique_ptr<PauseContainer>> start(track::Tracker& tracker,
                                                               docker::ContainerSpec spec,
                                                               const track::Belonging& belonging,
                                                               const docker::Call& call);
  /// Removes it.
  ~PauseContainer();
  PauseContainer(const PauseContainer&) = delete;
  PauseContainer& operator=(const PauseContainer&) = delete;

  [[nodiscard]] const std::string& id() const { return id_; }

  /// Whether its network namespace has the same sockets as when this was asked first: some kernels count one
  /// of their own. Errors: broken (it has ended), timed_out, cancelled, malformed (it is not told).
  docker::Result<bool> has_no_new_sockets(const docker::Call& call);
  /// Removes all that is in a folder of its file system. Errors: those above; malformed if something could
  /// not be removed.
  docker::Result<void> empty_folder(const std::string& path, const docker::Call& call);

  /// Blocks for the engine, without regard to any cancellation.
  docker::Result<void> remove();

 private:
  PauseContainer(track::Tracker& tracker, std::string id, std::unique_ptr<docker::AttachedStream> stream)
      : tracker_(tracker), id_(std::move(id)), stream_(std::move(stream)) {}
  docker::Result<std::string> ask(const std::string& question, const docker::Call& call);

  track::Tracker& tracker_;
  std::string id_;
  std::unique_ptr<docker::AttachedStream> stream_;
  std::optional<SocketCount> at_first_;
};

}  // namespace executor::instance
