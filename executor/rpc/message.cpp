// One JSON-RPC 2.0 message from a server, checked. It must not know what a method means.
#include "executor/rpc/message.h"

#include <fmt/format.h>

#include "executor/text/quote.h"

namespace executor::rpc {
namespace {

namespace json = base::json;

/// A parsed message takes many times its own size, so it is looked over first.
std::string over_limit(std::string_view text) {
  switch (json::excess_of(text, kMaxDepth, kMaxValues)) {
    case json::Excess::none: return {};
    case json::Excess::depth: return fmt::format("wrote a message nested deeper than {} levels", kMaxDepth);
    case json::Excess::values: return fmt::format("wrote a message of more than {} values", kMaxValues);
  }
  return {};
}

Violation violation(std::string_view what, std::string_view text) {
  return {fmt::format("{}: {}", what, text::quote(text))};
}

Message read_reply(json::Document document, std::string_view text) {
  const auto* id = json::find(&document, "id");
  const auto* error = json::find(&document, "error");
  const bool has_result = json::find(&document, "result") != nullptr;
  if (error != nullptr && (id == nullptr || id->IsNull())) {
    return violation("could not read a request", text);
  }
  if (id == nullptr) return violation("wrote JSON that is no JSON-RPC message (neither method nor id)", text);
  if (!id->IsInt64()) return violation("replied with an id that is no whole number", text);
  if (has_result == (error != nullptr)) {
    return violation(has_result ? "wrote a reply with both result and error"
                                : "wrote a reply with neither result nor error",
                     text);
  }
  Reply reply;
  reply.id = id->GetInt64();
  if (error != nullptr) {
    const auto code = json::as_int(json::find(error, "code"));
    if (!code) return violation("wrote an error without a code", text);
    reply.error = RpcError{*code, json::string_or(json::find(error, "message"))};
  }
  reply.document = std::move(document);
  return reply;
}

}  // namespace

Message read_message(std::string_view text) {
  if (auto limit = over_limit(text); !limit.empty()) return violation(limit, text);
  if (text.find('\0') != std::string_view::npos) return violation("wrote a message with a NUL byte", text);
  auto document = json::parse(text);
  if (!document) {
    return violation(fmt::format("wrote a line that is no JSON (byte {}: {})", document.error().offset + 1,
                                 document.error().message),
                     text);
  }
  if (!document->IsObject()) return violation("wrote JSON that is no object", text);
  if (json::as_string(json::find(&*document, "jsonrpc")) != "2.0") {
    return violation(R"(wrote JSON that is no JSON-RPC message (no "jsonrpc":"2.0"))", text);
  }
  const auto* method = json::find(&*document, "method");
  if (method == nullptr) return read_reply(std::move(*document), text);
  if (!method->IsString()) return violation("wrote a message whose method is no text", text);
  if (json::find(&*document, "id") != nullptr) {
    return violation("sent a request, and cexec answers none", text);
  }
  std::string name = method->GetString();
  return Notification{std::move(name), std::move(*document)};
}

}  // namespace executor::rpc
