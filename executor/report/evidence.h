// A case's evidence as plain text, for reports that hold texts. It must not know in which report it stands.
#pragma once

#include <string>
#include <string_view>

#include "executor/model/event.h"

namespace executor::report {

/// "writer=cpp reader=node"
std::string combination_text(const model::CaseReport& report);

/// "sha256:83fc366b08e2…" → "83fc366b08e2", as the engine's own tools show it.
std::string short_id(std::string_view id);

/// "ended on shutdown, exit code 0"
std::string describe_end(const model::InstanceReport& instance);

/// What the report is about in one line: the message, or the outcome's name; with the process that is to
/// blame before it.
std::string headline(const model::CaseReport& report);

/// The step, the message, what was expected, the stack, each instance's end, and the command that runs it
/// again; several lines, cleaned.
std::string describe_failure(const model::CaseReport& report);

/// The last lines of an instance, or of one source of it, with their times; cleaned.
std::string log_text(const model::InstanceReport& instance);

/// "stderr", "stdout", "log", "cexec".
std::string_view name_of(model::LogSource source);

}  // namespace executor::report
