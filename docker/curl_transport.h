// The transport over libcurl: requests on a pool of kept-alive connections, and raw connections to the same
// engine. It must not know any endpoint of the API.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "docker/endpoint.h"
#include "docker/transport.h"

namespace docker {

/// Talks to one engine over a unix socket or tcp, with TLS where the endpoint has it. Proxies of the
/// environment are not used. Thread-safe.
class CurlTransport : public Transport {
 public:
  explicit CurlTransport(Endpoint endpoint);
  ~CurlTransport() override;

  /// Cancellation and deadline take effect at once. libcurl itself may send a request a second time when a
  /// kept-alive connection turns out to be closed before any byte of an answer: callers that create things
  /// choose their names, so that the second attempt is a conflict and not a twin.
  Result<Response> send(const Request& request, const Call& call, const BodySink& sink) override;

  /// Over tcp, cancellation takes effect within a second.
  Result<std::unique_ptr<Connection>> connect(const Call& call) override;

  [[nodiscard]] const Endpoint& endpoint() const { return endpoint_; }

 private:
  struct Session;

  std::unique_ptr<Session> take_session();
  void give_back(std::unique_ptr<Session> session);

  Endpoint endpoint_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Session>> idle_;
};

}  // namespace docker
