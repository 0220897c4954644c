// A container in which only the pause program lives, and the questions that it answers. It must not know what
// its namespaces and mounts are held for.
#include "executor/instance/pause_container.h"

#include <poll.h>

#include <charconv>
#include <tuple>

#include "base/wait.h"
#include "docker/container_lifecycle.h"

namespace executor::instance {
namespace {

using docker::ErrorKind;

/// The program answers with a kilobyte at most; whatever says more is not it.
constexpr std::size_t kLongestAnswer = 4096;

/// The number behind `name` within the line that begins with `line`.
std::optional<std::int64_t> number_in(std::string_view text, std::string_view line, std::string_view name) {
  auto at = text.starts_with(line) ? 0 : text.find("\n" + std::string(line));
  if (at == std::string_view::npos) return std::nullopt;
  if (at > 0) ++at;
  text = text.substr(at, text.find('\n', at) - at);
  at = text.find(" " + std::string(name) + " ");
  if (at == std::string_view::npos) return std::nullopt;
  text.remove_prefix(at + name.size() + 2);
  std::int64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  return read.ec == std::errc() ? std::optional(number) : std::nullopt;
}

docker::Error failure(ErrorKind kind, std::string message) {
  return {kind, 0, {}, std::move(message)};
}

}  // namespace

std::optional<SocketCount> read_socket_count(std::string_view sockstat) {
  const auto used = number_in(sockstat, "sockets:", "used");
  const auto tcp = number_in(sockstat, "TCP:", "inuse");
  const auto time_wait = number_in(sockstat, "TCP:", "tw");
  if (!used || !tcp || !time_wait) return std::nullopt;
  return SocketCount{*used, *tcp, *time_wait};
}

docker::Result<std::unique_ptr<PauseContainer>> PauseContainer::start(track::Tracker& tracker,
                                                                      docker::ContainerSpec spec,
                                                                      const track::Belonging& belonging,
                                                                      const docker::Call& call) {
  spec.open_stdin = true;
  auto created = tracker.create_container(std::move(spec), belonging, call);
  if (!created) return tl::unexpected(created.error());
  auto stream = docker::attach_container(tracker.client(), created->id, call);
  const auto started = stream ? docker::start_container(tracker.client(), created->id, call)
                              : docker::Result<void>(tl::unexpected(stream.error()));
  if (!started) {
    std::ignore = tracker.remove_container(created->id);
    return tl::unexpected(started.error());
  }
  return std::unique_ptr<PauseContainer>(new PauseContainer(tracker, created->id, std::move(*stream)));
}

PauseContainer::~PauseContainer() {
  std::ignore = remove();
}

docker::Result<void> PauseContainer::remove() {
  if (id_.empty()) return {};
  return tracker_.remove_container(std::exchange(id_, {}));
}

docker::Result<std::string> PauseContainer::ask(const std::string& question, const docker::Call& call) {
  if (const auto written = stream_->write(question + "\n", call); !written)
    return tl::unexpected(written.error());
  std::string answer;
  while (true) {
    const auto state =
        stream_->read([&answer](docker::StdStream, std::string_view bytes) { answer += bytes; });
    if (answer.ends_with("ok\n") || answer.ends_with("error\n")) return answer;
    if (state != docker::AttachedStream::State::open)
      return tl::unexpected(failure(ErrorKind::broken, "the pause program has ended"));
    if (answer.size() > kLongestAnswer)
      return tl::unexpected(failure(ErrorKind::malformed, "that is not the pause program"));
    const auto waited = base::wait_for(stream_->fd(), POLLIN, call.deadline, call.stop);
    if (waited == base::Waited::timed_out)
      return tl::unexpected(failure(ErrorKind::timed_out, "the pause program does not answer"));
    if (waited == base::Waited::stopped) return tl::unexpected(failure(ErrorKind::cancelled, "cancelled"));
  }
}

docker::Result<bool> PauseContainer::has_no_new_sockets(const docker::Call& call) {
  const auto answer = ask("n", call);
  if (!answer) return tl::unexpected(answer.error());
  const auto count = read_socket_count(*answer);
  if (!count) return tl::unexpected(failure(ErrorKind::malformed, "the kernel does not count sockets"));
  if (!at_first_) at_first_ = *count;
  return *count == *at_first_;
}

docker::Result<void> PauseContainer::empty_folder(const std::string& path, const docker::Call& call) {
  const auto answer = ask("e " + path, call);
  if (!answer) return tl::unexpected(answer.error());
  if (*answer == "ok\n") return {};
  return tl::unexpected(failure(ErrorKind::malformed, path + " could not be emptied"));
}

}  // namespace executor::instance
