// What every use of libcurl in this library shares: address, TLS and the meaning of its error codes. Internal
// to docker/; it must not know any endpoint of the API.
#include "docker/curl_easy.h"

#include <fmt/format.h>

#include <cerrno>
#include <mutex>
#include <system_error>

namespace docker {
namespace {

void set_tls(CURL* easy, const TlsFiles& tls) {
  if (!tls.ca.empty()) curl_easy_setopt(easy, CURLOPT_CAINFO, tls.ca.c_str());
  if (!tls.certificate.empty()) curl_easy_setopt(easy, CURLOPT_SSLCERT, tls.certificate.c_str());
  if (!tls.key.empty()) curl_easy_setopt(easy, CURLOPT_SSLKEY, tls.key.c_str());
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, tls.verify ? 1L : 0L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, tls.verify ? 2L : 0L);
}

ErrorKind kind_of(CURLcode code) {
  switch (code) {
    case CURLE_COULDNT_CONNECT:
    case CURLE_COULDNT_RESOLVE_HOST: return ErrorKind::unreachable;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR: return ErrorKind::tls;
    case CURLE_OPERATION_TIMEDOUT: return ErrorKind::timed_out;
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_WEIRD_SERVER_REPLY: return ErrorKind::malformed;
    default: return ErrorKind::broken;
  }
}

std::string where(const Endpoint& endpoint) {
  if (endpoint.origin.empty()) return endpoint.address();
  return fmt::format("{} ({})", endpoint.address(), endpoint.origin);
}

}  // namespace

void init_curl() {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}

void point_at(CURL* easy, const Endpoint& endpoint) {
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  if (endpoint.is_unix()) curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, endpoint.socket_path.c_str());
  if (endpoint.tls) set_tls(easy, *endpoint.tls);
}

std::string base_url(const Endpoint& endpoint) {
  if (endpoint.is_unix()) return "http://localhost";
  const bool v6 = endpoint.host.find(':') != std::string::npos;
  return fmt::format("{}://{}{}{}:{}", endpoint.tls ? "https" : "http", v6 ? "[" : "", endpoint.host,
                     v6 ? "]" : "", endpoint.port);
}

Error error_of(CURL* easy, CURLcode code, const Endpoint& endpoint, std::string call) {
  const ErrorKind kind = kind_of(code);
  if (kind == ErrorKind::unreachable) {
    long os_errno = 0;
    curl_easy_getinfo(easy, CURLINFO_OS_ERRNO, &os_errno);
    if (os_errno != 0) return connect_error(static_cast<int>(os_errno), endpoint, std::move(call));
    return {kind, 0, std::move(call),
            fmt::format("no engine answers at {}: {}", where(endpoint), curl_easy_strerror(code))};
  }
  const char* what = kind == ErrorKind::tls      ? "the TLS handshake failed"
                     : kind == ErrorKind::broken ? "the connection to the engine broke"
                                                 : "the engine did not answer";
  return {kind, 0, std::move(call),
          fmt::format("{} at {}: {}", what, where(endpoint), curl_easy_strerror(code))};
}

Error connect_error(int errno_value, const Endpoint& endpoint, std::string call) {
  const auto reason = std::generic_category().message(errno_value);
  if (errno_value == EACCES || errno_value == EPERM) {
    return {
        ErrorKind::forbidden, 0, std::move(call),
        fmt::format("the engine's socket {} may not be opened by this user: {}", where(endpoint), reason)};
  }
  return {ErrorKind::unreachable, 0, std::move(call),
          fmt::format("no engine answers at {}: {}", where(endpoint), reason)};
}

}  // namespace docker
