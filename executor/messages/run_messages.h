// Cucumber Messages about a run: meta, hooks, test cases and what became of their steps. It must not know how
// a run is done, nor where the messages are written to.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace executor::messages {

using std::chrono::milliseconds;

/// The version of the schema that the members follow.
inline constexpr std::string_view kProtocolVersion = "34.2.1";

struct Host {
  std::string cexec;  ///< its version
  std::string os;
  std::string cpu;
};

/// Either a hook's or a pickle's step; the other id is empty.
struct TestStep {
  std::string id;
  std::string hook;
  std::string pickle_step;
  std::string definition;  ///< of a pickle's step
};

enum class Status { unknown, passed, skipped, pending, undefined, failed };

struct StepResult {
  Status status = Status::unknown;
  milliseconds duration{0};
  std::string message;  ///< lines; may be empty
  std::string type;     ///< of the exception; may be empty
};

// Each gives one envelope, a JSON object on one line without its line end. All texts must be UTF-8; moments
// count from 1970-01-01 UTC.
std::string meta(const Host& host);
std::string hook(std::string_view id, std::string_view name, bool is_before);
/// One that stands for all: which words a server knows is the server's to say.
std::string step_definition(std::string_view id, std::string_view pattern);
std::string run_started(std::string_view id, milliseconds at);
/// `message`: what is wrong with the run beside its cases; may be empty.
std::string run_finished(std::string_view id, bool success, std::string_view message, milliseconds at);
std::string test_case(std::string_view id, std::string_view pickle, std::string_view run,
                      const std::vector<TestStep>& steps);
std::string case_started(std::string_view id, std::string_view test_case, std::size_t attempt,
                         milliseconds at);
std::string case_finished(std::string_view started, milliseconds at, bool will_be_retried);
std::string step_started(std::string_view case_started, std::string_view step, milliseconds at);
std::string step_finished(std::string_view case_started, std::string_view step, milliseconds at,
                          const StepResult& result);
std::string attachment(std::string_view case_started, std::string_view step, std::string_view name,
                       std::string_view text, milliseconds at);

}  // namespace executor::messages
