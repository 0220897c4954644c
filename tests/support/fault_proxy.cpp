// A proxy before an engine's unix socket that sees every request and can spoil it: what a real engine does
// only on its worst days, and the trigger for whatever a test wants to happen at that very moment.
#include "tests/support/fault_proxy.h"

#include <fmt/format.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <optional>
#include <stdexcept>

namespace tests {
namespace {

bool send_all(int fd, std::string_view bytes, std::size_t piece) {
  while (!bytes.empty()) {
    const auto n = ::send(fd, bytes.data(), std::min(piece, bytes.size()), MSG_NOSIGNAL);
    if (n <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

/// The value of a header of this name in a request's head; empty if there is none.
std::string header_of(const std::string& head, const std::string& name) {
  const char* found = ::strcasestr(head.c_str(), ("\r\n" + name + ":").c_str());
  if (found == nullptr) return {};
  const std::string rest = found + 2 + name.size() + 1;
  const auto begin = rest.find_first_not_of(' ');
  return rest.substr(begin, rest.find("\r\n") - begin);
}

sockaddr_un address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
  return address;
}

}  // namespace

std::string refusal_bytes(int status, std::string_view message) {
  const auto body = fmt::format(R"({{"message":"{}"}})", message);
  return fmt::format("HTTP/1.1 {} X\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{}",
                     status, body.size(), body);
}

base::Fd listen_on(const std::string& path) {
  const auto address = address_of(path);
  base::Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(fd.get(), 64) != 0) {
    throw std::runtime_error("cannot listen on " + path);
  }
  return fd;
}

base::Fd connect_to(const std::string& path) {
  const auto address = address_of(path);
  base::Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) fd.reset();
  return fd;
}

/// One connection of a client and the one to the engine that stands behind it.
class FaultProxy::Link {
 public:
  Link(const Hooks& hooks, base::Fd client, base::Fd engine)
      : hooks_(hooks), client_(std::move(client)), engine_(std::move(engine)) {}

  /// Takes requests apart, and passes them on; to the end of the client's side.
  void pass_requests() {
    while (const auto head = read_head()) {
      const auto treatment =
          hooks_.on_request ? hooks_.on_request(head->substr(0, head->find(" HTTP/"))) : Treatment();
      const auto body = read_body(*head);
      std::this_thread::sleep_for(treatment.delay);
      if (treatment.is_dropped) return cut();
      start_answer(treatment);
      if (!treatment.answer.empty()) {
        if (!answer(treatment.answer)) return;
        continue;
      }
      if (!send_all(engine_.get(), *head + body, treatment.piece)) return cut();
      if (treatment.when_sent) treatment.when_sent();
      const bool is_raw =
          !header_of(*head, "Upgrade").empty() || !header_of(*head, "Transfer-Encoding").empty();
      if (is_raw) return pass_stdin(treatment.piece);
    }
    ::shutdown(engine_.get(), SHUT_WR);
  }

  /// To the end of the engine's side.
  void pass_answers() {
    std::array<char, 65536> buffer;
    ssize_t n = 0;
    while ((n = ::recv(engine_.get(), buffer.data(), buffer.size(), 0)) > 0) {
      if (!answer({buffer.data(), static_cast<std::size_t>(n)})) return;
    }
    cut();
  }

  void cut() {
    for (const auto* fd : {&client_, &engine_}) ::shutdown(fd->get(), SHUT_RDWR);
  }

 private:
  std::optional<std::string> read_head() {
    while (true) {
      const auto end = pending_.find("\r\n\r\n");
      if (end != std::string::npos) {
        auto head = pending_.substr(0, end + 4);
        pending_.erase(0, end + 4);
        return head;
      }
      if (!read_more()) return std::nullopt;
    }
  }

  std::string read_body(const std::string& head) {
    const auto length = header_of(head, "Content-Length");
    const std::size_t size = length.empty() ? 0 : std::stoul(length);
    while (pending_.size() < size && read_more()) continue;
    auto body = pending_.substr(0, size);
    pending_.erase(0, body.size());
    return body;
  }

  bool read_more() {
    std::array<char, 65536> buffer;
    const auto n = ::recv(client_.get(), buffer.data(), buffer.size(), 0);
    if (n > 0) pending_.append(buffer.data(), static_cast<std::size_t>(n));
    return n > 0;
  }

  void pass_stdin(std::size_t piece) {
    do {
      if (pending_.empty()) continue;
      if (hooks_.on_stdin) hooks_.on_stdin(pending_);
      if (!send_all(engine_.get(), std::exchange(pending_, {}), piece)) return;
    } while (read_more());
    ::shutdown(engine_.get(), SHUT_WR);
  }

  void start_answer(const Treatment& treatment) {
    const std::lock_guard lock(mutex_);
    treatment_ = treatment;
    passed_ = 0;
  }

  bool answer(std::string_view bytes) {
    const std::lock_guard lock(mutex_);
    const auto limit = std::min(treatment_.cut_after, treatment_.stall_after);
    const auto room = limit - std::min(limit, passed_);
    const auto part = bytes.substr(0, room);
    passed_ += bytes.size();
    if (!send_all(client_.get(), part, treatment_.piece)) return false;
    if (limit != treatment_.cut_after || passed_ < limit || limit == Treatment::kNever) return true;
    cut();
    return false;
  }

  const Hooks& hooks_;
  const base::Fd client_;
  const base::Fd engine_;
  std::string pending_;
  std::mutex mutex_;  // guards the rest
  Treatment treatment_;
  std::size_t passed_ = 0;
};

FaultProxy::FaultProxy(std::string engine_socket, Hooks hooks)
    : engine_socket_(std::move(engine_socket)),
      hooks_(std::move(hooks)),
      listener_(listen_on(socket_path())) {
  acceptor_ = std::thread([this] { accept_all(); });
}

void FaultProxy::accept_all() {
  while (true) {
    base::Fd client(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!client) return;
    auto engine = connect_to(engine_socket_);
    if (!engine) continue;  // an engine that is away: the client's connection ends
    const auto link = std::make_shared<Link>(hooks_, std::move(client), std::move(engine));
    const std::lock_guard lock(mutex_);
    if (ending_) return;
    links_.push_back(link);
    threads_.emplace_back([link] { link->pass_requests(); });
    threads_.emplace_back([link] { link->pass_answers(); });
  }
}

FaultProxy::~FaultProxy() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  ::shutdown(listener_.get(), SHUT_RDWR);
  acceptor_.join();
  for (const auto& link : links_) link->cut();
  for (auto& thread : threads_) thread.join();
}

}  // namespace tests
