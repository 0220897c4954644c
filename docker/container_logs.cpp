// GET /containers/{id}/logs: what the engine's log driver kept of a container's output.
#include "docker/container_logs.h"

namespace docker {

Result<void> container_logs(const Client& client, const std::string& id, const LogsOptions& options,
                            const Demux::Sink& sink, const Call& call) {
  auto target = Target("/containers/", id, "/logs");
  target.add_flag("stdout", options.out).add_flag("stderr", options.err).add_flag("follow", options.follow);
  if (options.tail) target.add("tail", std::to_string(*options.tail));
  Demux demux;
  const auto broken = [&demux] {
    return tl::unexpected(Error{ErrorKind::malformed, 0, "GET /containers/{id}/logs", demux.error()});
  };
  const auto response = client.send({Method::get, target.text(), {}, {}, {}}, call,
                                    [&](std::string_view bytes) -> Result<void> {
                                      if (!demux.feed(bytes, sink)) return broken();
                                      return {};
                                    });
  if (!response) return tl::unexpected(response.error());
  if (!demux.finish()) return broken();
  return {};
}

}  // namespace docker
