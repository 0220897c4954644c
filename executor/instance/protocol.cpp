// The platform protocol, version 1 (docs/protocol.md): what the params of a request say and what a result
// means. It must not know how messages travel.
#include "executor/instance/protocol.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "executor/text/quote.h"

namespace executor::instance {
namespace {

namespace json = base::json;

/// A text as it is, anything else as JSON; nothing if it is not there.
std::optional<std::string> shown(const json::Value* value) {
  if (value == nullptr) return std::nullopt;
  if (const auto text = json::as_string(value)) return std::string(*text);
  return json::to_text(*value);
}

model::ProtocolViolation violation(std::string detail) {
  return {std::move(detail)};
}

/// "[WARN] careful" → WARN, "careful".
LogLine read_log_line(std::string_view text) {
  static constexpr std::array<std::string_view, 5> kLevels{"TRACE", "DEBUG", "INFO", "WARN", "ERROR"};
  for (const auto level : kLevels) {
    if (!text.starts_with('[') || !text.substr(1).starts_with(level)) continue;
    auto rest = text.substr(1 + level.size());
    if (!rest.starts_with(']')) continue;
    rest.remove_prefix(1);
    if (rest.starts_with(' ')) rest.remove_prefix(1);
    return {std::string(level), std::string(rest)};
  }
  return {"INFO", std::string(text)};
}

std::vector<LogLine> read_logs(const json::Value* logs) {
  std::vector<LogLine> lines;
  if (logs == nullptr || !logs->IsArray()) return lines;
  for (const auto& line : logs->GetArray()) {
    if (const auto text = json::as_string(&line)) lines.push_back(read_log_line(*text));
  }
  return lines;
}

model::Outcome read_failure(const json::Value* error) {
  model::Failed failed;
  failed.message = json::string_or(json::find(error, "message"), "the server gave no message");
  failed.type = json::string_or(json::find(error, "type"));
  failed.stack = json::string_or(json::find(error, "stack"));
  failed.expected = shown(json::find(error, "expected"));
  failed.actual = shown(json::find(error, "actual"));
  return failed;
}

/// The table of docs/protocol.md: which pairs of `success` and `status` there are.
model::Outcome read_outcome(const json::Value* result) {
  const auto success = json::as_bool(json::find(result, "success"));
  if (!success) return violation("its result has no `success` that is true or false");
  const auto* status_value = json::find(result, "status");
  const auto status = status_value == nullptr ? std::string(*success ? "passed" : "failed")
                                              : std::string(json::as_string(status_value).value_or("?"));
  const auto* error = json::find(result, "error");
  const auto message = json::string_or(json::find(error, "message"));
  if (status == "skipped") return model::Skipped{message.empty() ? "the server skipped the step" : message};
  if (status == "pending") return model::Pending{message.empty() ? "the step is not written yet" : message};
  if (status == "passed" && *success) return model::Passed{};
  if (status == "failed" && !*success) return read_failure(error);
  if (status == "undefined" && !*success) {
    return model::Undefined{message.empty() ? "the server knows no such step" : message};
  }
  return violation(fmt::format("its result has `success` {} and `status` '{}', which do not go together",
                               *success, text::quote(status)));
}

/// The server understood that it was asked, but answered on the level of JSON-RPC.
model::Outcome read_rpc_error(const rpc::RpcError& error) {
  const bool did_not_understand = error.code == -32700 || (error.code <= -32600 && error.code >= -32602);
  const auto text = fmt::format("JSON-RPC error {}: {}", error.code, text::quote(error.message, 400));
  if (did_not_understand) return violation("it does not understand executeStep: " + text);
  return model::Failed{error.message, fmt::format("JSON-RPC error {}", error.code), {}, {}, {}};
}

void add_arguments(json::Writer& out, const StepCall& call) {
  if (call.table) {
    out.key("table").begin_array();
    for (const auto& row : *call.table) {
      out.begin_array();
      for (const auto cell : row) out.value(cell);
      out.end_array();
    }
    out.end_array();
  }
  if (call.doc_string) {
    out.key("docString").begin_object().member("content", call.doc_string->content);
    if (!call.doc_string->media_type.empty()) out.member("mediaType", call.doc_string->media_type);
    out.end_object();
  }
}

}  // namespace

std::string step_params(const StepCall& call) {
  json::Writer out;
  out.begin_object();
  out.member("process", call.process.text()).member("stepType", call.type).member("step", call.step);
  add_arguments(out, call);
  out.key("context").begin_object();
  out.member("runId", call.run.text()).member("scenarioId", call.case_id.text());
  out.member("scenario", call.scenario).member("platform", call.platform.text());
  out.member("correlationId", call.correlation_id).member("timeoutMs", call.timeout_ms);
  out.end_object().end_object();
  return out.take();
}

std::optional<Health> read_health(const rpc::Reply& reply, std::string& problem) {
  if (reply.error) {
    problem = fmt::format("it answers health with JSON-RPC error {}: {}", reply.error->code,
                          text::quote(reply.error->message, 400));
    return std::nullopt;
  }
  const auto* result = reply.result();
  const auto status = json::as_string(json::find(result, "status"));
  if (!status) {
    problem = "its answer to health has no `status`";
    return std::nullopt;
  }
  Health health;
  health.status = *status;
  health.protocol = json::int_or(json::find(result, "protocol"));
  health.platform = json::string_or(json::find(result, "platform"));
  health.version = json::string_or(json::find(result, "version"));
  const auto* capabilities = json::find(result, "capabilities");
  if (capabilities != nullptr && capabilities->IsArray()) {
    for (const auto& name : capabilities->GetArray()) health.capabilities.push_back(json::string_or(&name));
  }
  if (health.status == "ok" && health.protocol != kProtocolVersion) {
    problem =
        fmt::format("it speaks protocol {}, and this cexec speaks {}", health.protocol, kProtocolVersion);
    return std::nullopt;
  }
  return health;
}

StepResult read_step_result(const rpc::Reply& reply) {
  if (reply.error) return {read_rpc_error(*reply.error), {}};
  const auto* result = reply.result();
  return {read_outcome(result), read_logs(json::find(result, "logs"))};
}

}  // namespace executor::instance
