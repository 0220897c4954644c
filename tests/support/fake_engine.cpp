// An engine that a test plays: a unix socket whose connections are answered by a function, byte by byte if it
// likes. For what a real engine does only on its worst days.
#include "tests/support/fake_engine.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cstring>
#include <stdexcept>

#include "docker/curl_transport.h"

namespace tests {

using namespace std::chrono_literals;

std::string FakeConnection::read_head() {
  std::string head;
  char c = 0;
  while (!head.ends_with("\r\n\r\n") && ::recv(fd_.get(), &c, 1, 0) == 1) head += c;
  return head;
}

std::string FakeConnection::read_all() {
  std::string all;
  std::array<char, 4096> buffer;
  ssize_t n = 0;
  while ((n = ::recv(fd_.get(), buffer.data(), buffer.size(), 0)) > 0) all.append(buffer.data(), n);
  return all;
}

std::string FakeConnection::read_exactly(std::size_t size) {
  std::string bytes(size, '\0');
  const auto n = ::recv(fd_.get(), bytes.data(), size, MSG_WAITALL);
  bytes.resize(n < 0 ? 0 : n);
  return bytes;
}

void FakeConnection::write(std::string_view bytes, std::size_t piece) {
  while (!bytes.empty()) {
    const auto n = ::send(fd_.get(), bytes.data(), std::min(piece, bytes.size()), MSG_NOSIGNAL);
    if (n <= 0) return;
    bytes.remove_prefix(n);
  }
}

void FakeConnection::respond(int status, std::string_view body, std::string_view headers) {
  write(fmt::format("HTTP/1.1 {} X\r\nContent-Length: {}\r\n{}\r\n{}", status, body.size(), headers, body));
}

void FakeConnection::wait_for_close() {
  read_all();
}

FakeEngine::FakeEngine(Handler handler) : handler_(std::move(handler)) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const auto path = (folder_.path() / "engine.sock").string();
  std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
  listener_.reset(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (::bind(listener_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(listener_.get(), 16) != 0) {
    throw std::runtime_error("cannot listen on " + path);
  }
  acceptor_ = std::thread([this] { accept_all(); });
}

void FakeEngine::accept_all() {
  while (true) {
    base::Fd fd(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    const std::lock_guard lock(mutex_);
    if (!fd || ending_) return;
    const int raw = fd.get();
    open_.push_back(raw);
    threads_.emplace_back([this, raw, connection = FakeConnection(std::move(fd))]() mutable {
      handler_(connection);
      const std::lock_guard closing(mutex_);
      std::erase(open_, raw);
      connection = FakeConnection(base::Fd());
    });
  }
}

FakeEngine::~FakeEngine() {
  ending_ = true;
  ::shutdown(listener_.get(), SHUT_RDWR);
  acceptor_.join();
  {
    const std::lock_guard lock(mutex_);
    for (const int fd : open_) ::shutdown(fd, SHUT_RDWR);
  }
  for (auto& thread : threads_) thread.join();
}

docker::Endpoint FakeEngine::endpoint() const {
  docker::Endpoint endpoint;
  endpoint.socket_path = (folder_.path() / "engine.sock").string();
  endpoint.origin = "the test";
  return endpoint;
}

docker::Client FakeEngine::client() const {
  return {std::make_unique<docker::CurlTransport>(endpoint()), docker::ApiVersion{1, 41}};
}

ScriptedTransport& ScriptedTransport::answer(int status, std::string body,
                                             std::vector<std::pair<std::string, std::string>> headers) {
  answers_.emplace_back(docker::Response{status, std::move(headers), std::move(body)});
  return *this;
}

ScriptedTransport& ScriptedTransport::fail(docker::ErrorKind kind, std::string message) {
  answers_.emplace_back(tl::unexpected(docker::Error{kind, 0, {}, std::move(message)}));
  return *this;
}

docker::Result<docker::Response> ScriptedTransport::send(const docker::Request& request, const docker::Call&,
                                                         const docker::BodySink& sink) {
  requests.push_back(request);
  if (request.source) {
    std::array<char, 777> buffer;
    std::string body;
    while (true) {
      const auto n = request.source(buffer);
      if (!n) return tl::unexpected(n.error());
      if (*n == 0) break;
      body.append(buffer.data(), *n);
    }
    streamed_bodies.push_back(std::move(body));
  }
  if (requests.size() > answers_.size()) throw std::logic_error("not in the script: " + request.target);
  auto answer = answers_[requests.size() - 1];
  if (answer && sink && answer->status < 400) {
    // In two pieces, so that nobody relies on getting it whole.
    const std::string body = std::exchange(answer->body, {});
    for (const auto piece : {std::string_view(body).substr(0, body.size() / 2),
                             std::string_view(body).substr(body.size() / 2)}) {
      if (auto taken = sink(piece); !taken) return tl::unexpected(taken.error());
    }
  }
  return answer;
}

docker::Result<std::unique_ptr<docker::Connection>> ScriptedTransport::connect(const docker::Call&) {
  throw std::logic_error("a scripted transport makes no connections; use FakeEngine");
}

std::string ScriptedTransport::asked(std::size_t index) const {
  return fmt::format("{} {}", docker::name_of(requests.at(index).method), requests.at(index).target);
}

ScriptedClient::ScriptedClient() : ScriptedClient(std::make_unique<ScriptedTransport>()) {}
ScriptedClient::ScriptedClient(std::unique_ptr<ScriptedTransport> owned)
    : transport(*owned), client(std::move(owned), docker::ApiVersion{1, 41}) {}

docker::Call soon() {
  return {base::Deadline::in(20s), {}};
}
docker::Call at_once() {
  return {base::Deadline::in(50ms), {}};
}

}  // namespace tests
