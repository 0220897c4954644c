// The platform protocol, version 1 (docs/protocol.md): what the params of a request say and what a result
// means. It must not know how messages travel.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "executor/model/ids.h"
#include "executor/model/outcome.h"
#include "executor/rpc/message.h"

namespace executor::instance {

inline constexpr int kProtocolVersion = 1;

/// One `executeStep`.
struct StepCall {
  model::ProcessName process;
  std::string_view type;  ///< "given", "when", "then"
  std::string_view step;
  std::optional<std::vector<std::vector<std::string_view>>> table;
  struct DocString {
    std::string_view content;
    std::string_view media_type;  ///< empty if none
  };
  std::optional<DocString> doc_string;
  model::RunId run;
  model::CaseId case_id;
  std::string_view scenario;
  model::PlatformName platform;
  std::string correlation_id;
  std::int64_t timeout_ms = 0;
};

/// The `params` of it.
std::string step_params(const StepCall& call);

/// What a server says of itself.
struct Health {
  std::string status;
  std::int64_t protocol = 0;
  std::string platform;
  std::string version;
  std::vector<std::string> capabilities;
};

/// Nothing, with `problem` set, if the result is not what the protocol promises.
std::optional<Health> read_health(const rpc::Reply& reply, std::string& problem);

/// A line that came with a result.
struct LogLine {
  std::string level;  ///< "INFO", …
  std::string text;
};

struct StepResult {
  model::Outcome outcome;
  std::vector<LogLine> logs;
};

/// What the reply to `executeStep` means. A result that is not what the protocol promises is a
/// ProtocolViolation.
StepResult read_step_result(const rpc::Reply& reply);

}  // namespace executor::instance
