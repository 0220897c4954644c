// POST /containers/{id}/wait: learns of a container's exit without a thread. It must not know why it is
// asked.
#include "docker/exit_watch.h"

#include <fmt/format.h>

#include <array>

#include "docker/http.h"
#include "docker/raw_request.h"

namespace docker {
namespace {

namespace json = base::json;

constexpr const char* kWait = "POST /containers/{id}/wait";

}  // namespace

ExitWatch::ExitWatch(std::unique_ptr<Connection> connection, const Response& head, std::string first_bytes)
    : connection_(std::move(connection)),
      body_(std::make_unique<BodyReader>(head)),
      first_bytes_(std::move(first_bytes)) {}

ExitWatch::~ExitWatch() = default;

Result<std::optional<ExitStatus>> ExitWatch::poll() {
  auto state = body_->feed(std::exchange(first_bytes_, {}));
  std::array<char, 4096> buffer;
  while (state == BodyReader::State::more) {
    const auto io = connection_->read_some(buffer);
    if (io.state == Connection::State::would_block) return std::nullopt;
    if (io.state == Connection::State::failed) {
      return tl::unexpected(Error{ErrorKind::broken, 0, kWait, io.error});
    }
    state = io.state == Connection::State::ended ? body_->finish() : body_->feed({buffer.data(), io.bytes});
    if (io.state == Connection::State::ended && state != BodyReader::State::done) {
      return tl::unexpected(Error{ErrorKind::broken, 0, kWait, "the connection ended before the exit"});
    }
  }
  auto status = parse();
  if (!status) return tl::unexpected(status.error());
  return std::optional(std::move(*status));
}

// {"StatusCode":137,"Error":{"Message":"…"}}; Error is null or missing when all is well.
Result<ExitStatus> ExitWatch::parse() const {
  const auto document = json::parse(body_->body());
  const json::Value* root = document ? &*document : nullptr;
  const auto code = json::as_int(json::find(root, "StatusCode"));
  if (!code) {
    return tl::unexpected(
        Error{ErrorKind::malformed, 0, kWait,
              fmt::format("the answer names no StatusCode: {}", body_->body().substr(0, 200))});
  }
  return ExitStatus{*code, json::string_or(json::find(root, "Error", "Message"))};
}

Result<std::unique_ptr<ExitWatch>> watch_exit(const Client& client, const std::string& id, const Call& call) {
  const auto target = Target("/containers/", id, "/wait").add("condition", "next-exit").text();
  auto reply = raw_request(client, target, false, call);
  if (!reply) return tl::unexpected(reply.error());
  return std::make_unique<ExitWatch>(std::move(reply->connection), reply->head, std::move(reply->rest));
}

}  // namespace docker
