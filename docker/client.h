// One engine, with the API version agreed on: what every endpoint's function sends its requests through. It
// must not know any endpoint but those of the negotiation.
#pragma once

#include <compare>
#include <memory>
#include <string>
#include <string_view>

#include "base/json.h"
#include "docker/error.h"
#include "docker/transport.h"

namespace docker {

/// A version of the Engine API.
struct ApiVersion {
  int major = 0;
  int minor = 0;

  auto operator<=>(const ApiVersion&) const = default;
  [[nodiscard]] std::string text() const;
  /// From "1.41"; nothing if it is no version.
  static std::optional<ApiVersion> parse(std::string_view text);
};

/// Whose engine it is: Podman's understands the same requests, but not all of them in the same way.
enum class Dialect { docker, podman };

/// A connection to one engine. Thread-safe.
class Client {
 public:
  /// Older engines (before 20.10) lack what isolation needs: cgroup namespaces.
  static constexpr ApiVersion kOldest{1, 41};
  /// The newest version whose changes were read against what this library sends and reads.
  static constexpr ApiVersion kNewest{1, 52};

  /// Agrees on the version: `HEAD /_ping` tells the engine's newest (header Api-Version), the lesser of that
  /// and ours is used; where the engine's is newer than ours, `GET /version` tells the oldest it still takes.
  /// Errors: those of the transport, and `unsupported` with both ranges.
  static Result<std::unique_ptr<Client>> connect(std::unique_ptr<Transport> transport, const Call& call);

  /// For an engine whose version is already known.
  Client(std::unique_ptr<Transport> transport, ApiVersion version, Dialect dialect = Dialect::docker,
         std::string release = {})
      : transport_(std::move(transport)),
        version_(version),
        dialect_(dialect),
        release_(std::move(release)) {}

  [[nodiscard]] ApiVersion version() const { return version_; }
  [[nodiscard]] Dialect dialect() const { return dialect_; }
  /// The engine's own version as its answer to the ping had it, "20.10.24"; empty if it did not.
  [[nodiscard]] const std::string& release() const { return release_; }
  [[nodiscard]] Transport& transport() const { return *transport_; }
  /// "/containers/json" → "/v1.41/containers/json".
  [[nodiscard]] std::string versioned(std::string_view target) const;

  /// Sends a request whose target has no version yet. A status of 400 or more is an error `refused` with the
  /// engine's message. Blocks to the call's deadline.
  [[nodiscard]] Result<Response> send(Request request, const Call& call, const BodySink& sink = {}) const;
  /// The same, and parses the body; an answer that is no JSON is `malformed`.
  [[nodiscard]] Result<base::json::Document> send_for_json(Request request, const Call& call) const;

 private:
  std::unique_ptr<Transport> transport_;
  ApiVersion version_;
  Dialect dialect_;
  std::string release_;
};

/// The error that a response with a status of 400 or more stands for; `called` as in Error::call.
Error refusal(const Response& response, std::string called);

/// Builds the query of a target, escaping what has to be.
class Target {
 public:
  explicit Target(std::string_view path) : text_(path) {}
  /// `/containers/` + a name that may hold anything + `/start`.
  Target(std::string_view before, std::string_view name, std::string_view after);

  Target& add(std::string_view name, std::string_view value);
  Target& add_flag(std::string_view name, bool value) { return value ? add(name, "1") : *this; }

  [[nodiscard]] std::string text() const { return text_; }

 private:
  std::string text_;
  bool has_query_ = false;
};

/// Escapes all but the unreserved characters of RFC 3986, and `/ :` which the engine's router wants plain.
std::string percent_encode(std::string_view text);

}  // namespace docker
