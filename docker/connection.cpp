// Raw connections to an engine, over a unix socket or tcp with or without TLS. Internal to docker/; it must
// not know what is said on them.
#include "docker/connection.h"

#include <fmt/format.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cerrno>
#include <cstring>
#include <mutex>
#include <system_error>

#include "base/fd.h"
#include "base/wait.h"
#include "docker/curl_easy.h"

namespace docker {
namespace {

using std::chrono::milliseconds;

Connection::Io failed(int errno_value) {
  return {Connection::State::failed, 0, std::generic_category().message(errno_value)};
}

class UnixConnection : public Connection {
 public:
  explicit UnixConnection(base::Fd fd) : fd_(std::move(fd)) {}

  [[nodiscard]] int fd() const override { return fd_.get(); }

  Io read_some(std::span<char> into) override {
    const auto n = ::recv(fd_.get(), into.data(), into.size(), MSG_DONTWAIT);
    if (n > 0) return {State::ok, static_cast<std::size_t>(n), {}};
    if (n == 0) return {State::ended, 0, {}};
    if (errno == EAGAIN || errno == EINTR) return {State::would_block, 0, {}};
    if (errno == ECONNRESET) return {State::ended, 0, {}};  // the engine died with our bytes unread
    return failed(errno);
  }

  Io write_some(std::string_view bytes) override {
    const auto n = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n >= 0) return {State::ok, static_cast<std::size_t>(n), {}};
    if (errno == EAGAIN || errno == EINTR) return {State::would_block, 0, {}};
    if (errno == EPIPE || errno == ECONNRESET) return {State::ended, 0, {}};
    return failed(errno);
  }

  void close_write() override { ::shutdown(fd_.get(), SHUT_WR); }

 private:
  base::Fd fd_;
};

/// A connection that libcurl made. Its functions are not thread-safe for one handle, so both directions share
/// a lock; none of them blocks.
class CurlConnection : public Connection {
 public:
  CurlConnection(CurlEasy easy, int fd) : easy_(std::move(easy)), fd_(fd) {}

  [[nodiscard]] int fd() const override { return fd_; }
  [[nodiscard]] bool must_drain() const override { return true; }

  Io read_some(std::span<char> into) override {
    const std::lock_guard lock(mutex_);
    std::size_t n = 0;
    const CURLcode code = curl_easy_recv(easy_.get(), into.data(), into.size(), &n);
    if (code == CURLE_AGAIN) return {State::would_block, 0, {}};
    if (code != CURLE_OK) return {State::failed, 0, curl_easy_strerror(code)};
    return {n == 0 ? State::ended : State::ok, n, {}};
  }

  Io write_some(std::string_view bytes) override {
    const std::lock_guard lock(mutex_);
    std::size_t n = 0;
    const CURLcode code = curl_easy_send(easy_.get(), bytes.data(), bytes.size(), &n);
    if (code == CURLE_AGAIN) return {State::would_block, 0, {}};
    if (code != CURLE_OK) return {State::failed, 0, curl_easy_strerror(code)};
    return {State::ok, n, {}};
  }

  /// Over TLS the half-close is the close_notify alert (RFC 8446, 6.1), which libcurl has no call for.
  void close_write() override {
    const std::lock_guard lock(mutex_);
    curl_tlssessioninfo* session = nullptr;
    curl_easy_getinfo(easy_.get(), CURLINFO_TLS_SSL_PTR, &session);
    if (session != nullptr && session->backend == CURLSSLBACKEND_OPENSSL && session->internals != nullptr) {
      SSL_shutdown(static_cast<SSL*>(session->internals));
    } else {
      ::shutdown(fd_, SHUT_WR);
    }
  }

 private:
  std::mutex mutex_;
  CurlEasy easy_;
  int fd_;
};

Error not_connected(bool stopped) {
  return {stopped ? ErrorKind::cancelled : ErrorKind::timed_out, 0, "connect",
          stopped ? "cancelled" : "the engine did not accept the connection in time"};
}

int on_progress(void* stop, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<const std::stop_token*>(stop)->stop_requested() ? 1 : 0;
}

}  // namespace

Result<std::unique_ptr<Connection>> connect_unix(const Endpoint& endpoint, const Call& call) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (endpoint.socket_path.size() >= sizeof address.sun_path) {
    return tl::unexpected(Error{ErrorKind::bad_input, 0, "connect",
                                fmt::format("the socket's path is too long: {}", endpoint.socket_path)});
  }
  std::memcpy(address.sun_path, endpoint.socket_path.data(), endpoint.socket_path.size());
  base::Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) return tl::unexpected(connect_error(errno, endpoint, "connect"));
  while (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    // unix(7): a full backlog is EAGAIN, and nothing announces that it has room again.
    if (errno != EAGAIN && errno != EINTR) return tl::unexpected(connect_error(errno, endpoint, "connect"));
    if (call.deadline.passed()) return tl::unexpected(not_connected(false));
    if (!base::pause_for(milliseconds(2), call.stop)) return tl::unexpected(not_connected(true));
  }
  return std::make_unique<UnixConnection>(std::move(fd));
}

Result<std::unique_ptr<Connection>> connect_tcp(const Endpoint& endpoint, const Call& call) {
  CurlEasy easy(curl_easy_init());
  point_at(easy.get(), endpoint);
  const auto url = base_url(endpoint);
  std::stop_token stop = call.stop;
  curl_easy_setopt(easy.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(easy.get(), CURLOPT_CONNECT_ONLY, 1L);
  curl_easy_setopt(easy.get(), CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(easy.get(), CURLOPT_XFERINFOFUNCTION, &on_progress);
  curl_easy_setopt(easy.get(), CURLOPT_XFERINFODATA, &stop);
  if (!call.deadline.is_never()) {
    const auto left = std::max<milliseconds>(call.deadline.left(), milliseconds(1));
    curl_easy_setopt(easy.get(), CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(left.count()));
  }
  const CURLcode code = curl_easy_perform(easy.get());
  if (code == CURLE_ABORTED_BY_CALLBACK) return tl::unexpected(not_connected(true));
  if (code == CURLE_OPERATION_TIMEDOUT) return tl::unexpected(not_connected(false));
  if (code != CURLE_OK) return tl::unexpected(error_of(easy.get(), code, endpoint, "connect"));
  curl_easy_setopt(easy.get(), CURLOPT_NOPROGRESS, 1L);  // `stop` ends with this function
  curl_socket_t fd = CURL_SOCKET_BAD;
  curl_easy_getinfo(easy.get(), CURLINFO_ACTIVESOCKET, &fd);
  return std::make_unique<CurlConnection>(std::move(easy), fd);
}

}  // namespace docker
