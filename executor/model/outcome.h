// How a step or a case can end: a closed set. It must not know how an outcome comes about or is shown.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace executor::model {

struct Passed {};

/// The server carried the step out and says that what it saw is not what was expected.
struct Failed {
  std::string message;
  std::string type;   ///< the server's name for the kind of error; may be empty
  std::string stack;  ///< lines; may be empty
  std::optional<std::string> expected;
  std::optional<std::string> actual;
};

/// The server knows no such step.
struct Undefined {
  std::string message;
};

/// The server knows the step, but it is not written yet.
struct Pending {
  std::string message;
};

/// Not run, on purpose.
struct Skipped {
  std::string reason;
};

struct TimedOut {
  std::string what;  ///< "the step", "the scenario"
  std::chrono::milliseconds limit{0};
  std::string detail;  ///< what was there of an answer: "wrote 40 bytes and no newline: …"
};

/// The server ended when it should not have.
struct Exited {
  std::int64_t code = 0;  ///< 128 + signal where a signal ended it
  std::string detail;     ///< when: "while the step ran", "between the steps", "at shutdown"
};

/// The kernel killed a process of the instance for exceeding its memory limit, and the instance ended.
struct KilledForMemory {
  std::int64_t limit = 0;  ///< bytes
};

/// The server did not keep to the protocol.
struct ProtocolViolation {
  std::string detail;  ///< names the rule, quotes the first bytes
};

/// Nothing can be said about the case: what it needs was not to be had.
struct CouldNotRun {
  std::string reason;
  std::string hint;  ///< what to do; may be empty
};

/// Given up from outside: a signal, --fail-fast, --run-timeout.
struct Cancelled {
  std::string reason;
};

using Outcome = std::variant<Passed, Failed, Undefined, Pending, Skipped, TimedOut, Exited, KilledForMemory,
                             ProtocolViolation, CouldNotRun, Cancelled>;

/// What an outcome counts as in the run's last line and its exit code.
enum class Category { passed, failed, skipped, could_not_run };

/// "passed", "timed out", "killed for memory", …
std::string_view name_of(const Outcome& outcome);

/// A cancelled case counts as one that could not run.
Category category_of(const Outcome& outcome);

/// Whether it makes a run red: neither passed nor skipped.
bool is_red(const Outcome& outcome);

/// What happened, in one line without the outcome's name; empty for passed.
std::string message_of(const Outcome& outcome);

/// "exit code 137 (SIGKILL)".
std::string describe_exit(std::int64_t code);

inline bool is_passed(const Outcome& outcome) {
  return std::holds_alternative<Passed>(outcome);
}

}  // namespace executor::model
