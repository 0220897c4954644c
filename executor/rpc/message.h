// One JSON-RPC 2.0 message from a server, checked. It must not know what a method means.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "base/json.h"

namespace executor::rpc {

/// How deep arrays and objects may be nested, and how many values a message may have: together they bound the
/// memory that a message of the greatest size can take.
inline constexpr int kMaxDepth = 128;
inline constexpr std::size_t kMaxValues = 1'000'000;

/// The `error` of a reply.
struct RpcError {
  std::int64_t code = 0;
  std::string message;
};

/// An answer: `result`, or an error.
struct Reply {
  std::int64_t id = 0;
  base::json::Document document;  ///< the whole message
  std::optional<RpcError> error;

  /// Null if the reply is an error.
  [[nodiscard]] const base::json::Value* result() const { return base::json::find(&document, "result"); }
};

struct Notification {
  std::string method;
  base::json::Document document;

  [[nodiscard]] const base::json::Value* params() const { return base::json::find(&document, "params"); }
};

/// Not a message that a server may send.
struct Violation {
  std::string detail;  ///< "wrote a line that is no JSON: …"
};

using Message = std::variant<Reply, Notification, Violation>;

/// Parses and checks one message.
Message read_message(std::string_view text);

}  // namespace executor::rpc
