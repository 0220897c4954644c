// POST /containers/{id}/attach: the standard streams of a container, both ways, on a connection of their own.
// It must not know what is said on them.
#include "docker/attach.h"

#include <fmt/format.h>

#include <vector>

#include "docker/raw_request.h"

namespace docker {
namespace {

constexpr std::size_t kReadSize = std::size_t{256} << 10U;
/// So that one flooding container does not keep a reader of many from the others.
constexpr std::size_t kReadsAtOnce = 16;

/// One a thread: whoever reads many streams reads them one after the other.
std::span<char> read_buffer() {
  thread_local std::vector<char> buffer(kReadSize);
  return buffer;
}

}  // namespace

AttachedStream::State AttachedStream::finish(std::string error) {
  error_ = std::move(error);
  return error_.empty() ? State::ended : State::broken;
}

AttachedStream::State AttachedStream::read(const Demux::Sink& sink) {
  if (!first_bytes_.empty()) {
    const std::string bytes = std::exchange(first_bytes_, {});
    if (!demux_.feed(bytes, sink)) return finish(demux_.error());
  }
  const auto buffer = read_buffer();
  for (std::size_t i = 0; i < kReadsAtOnce || connection_->must_drain(); ++i) {
    const auto io = connection_->read_some(buffer);
    switch (io.state) {
      case Connection::State::would_block: return State::open;
      case Connection::State::failed: return finish(io.error);
      case Connection::State::ended: demux_.finish(); return finish(demux_.error());
      case Connection::State::ok:
        if (!demux_.feed({buffer.data(), io.bytes}, sink)) return finish(demux_.error());
        // A read that was not filled has taken all there was; the next one would only say so.
        if (io.bytes < buffer.size() && !connection_->must_drain()) return State::open;
    }
  }
  return State::open;
}

Result<void> AttachedStream::write(std::string_view bytes, const Call& call) {
  return write_all(*connection_, bytes, call);
}

void AttachedStream::close_stdin() {
  std::call_once(closed_, [this] { connection_->close_write(); });
}

Result<Terminal> attach_terminal(const Client& client, const std::string& id, const Call& call) {
  auto target = Target("/containers/", id, "/attach");
  target.add("stream", "1").add("stdin", "1").add("stdout", "1").add("stderr", "1");
  auto reply = raw_request(client, target.text(), true, call);
  if (!reply) return tl::unexpected(reply.error());
  if (reply->head.status != 101) {
    return tl::unexpected(Error{ErrorKind::malformed, 0, "POST /containers/{id}/attach",
                                fmt::format("status {} in the place of 101", reply->head.status)});
  }
  return Terminal{std::move(reply->connection), std::move(reply->rest)};
}

Result<std::unique_ptr<AttachedStream>> attach_container(const Client& client, const std::string& id,
                                                         const Call& call) {
  auto streams = attach_terminal(client, id, call);
  if (!streams) return tl::unexpected(streams.error());
  return std::make_unique<AttachedStream>(std::move(streams->connection), std::move(streams->first_bytes));
}

Result<void> resize_terminal(const Client& client, const std::string& id, int rows, int columns,
                             const Call& call) {
  Request request;
  request.method = Method::post;
  request.target = Target("/containers/", id, "/resize")
                       .add("h", std::to_string(rows))
                       .add("w", std::to_string(columns))
                       .text();
  const auto response = client.send(std::move(request), call);
  if (!response) return tl::unexpected(response.error());
  return {};
}

}  // namespace docker
