// How a step or a case can end: a closed set. It must not know how an outcome comes about or is shown.
#include "executor/model/outcome.h"

#include <fmt/format.h>

#include <cstring>

#include "executor/text/units.h"

namespace executor::model {
namespace {

template <class... Functions>
struct Overloaded : Functions... {
  using Functions::operator()...;
};
template <class... Functions>
Overloaded(Functions...) -> Overloaded<Functions...>;

std::string with_detail(std::string text, const std::string& detail) {
  if (!detail.empty()) text += "; " + detail;
  return text;
}

}  // namespace

std::string_view name_of(const Outcome& outcome) {
  return std::visit(
      Overloaded{
          [](const Passed&) { return "passed"; }, [](const Failed&) { return "failed"; },
          [](const Undefined&) { return "undefined"; }, [](const Pending&) { return "pending"; },
          [](const Skipped&) { return "skipped"; }, [](const TimedOut&) { return "timed out"; },
          [](const Exited&) { return "exited"; }, [](const KilledForMemory&) { return "killed for memory"; },
          [](const ProtocolViolation&) { return "protocol violation"; },
          [](const CouldNotRun&) { return "could not run"; }, [](const Cancelled&) { return "cancelled"; }},
      outcome);
}

bool is_red(const Outcome& outcome) {
  const auto category = category_of(outcome);
  return category == Category::failed || category == Category::could_not_run;
}

Category category_of(const Outcome& outcome) {
  return std::visit(Overloaded{[](const Passed&) { return Category::passed; },
                               [](const Skipped&) { return Category::skipped; },
                               [](const CouldNotRun&) { return Category::could_not_run; },
                               [](const Cancelled&) { return Category::could_not_run; },
                               [](const auto&) { return Category::failed; }},
                    outcome);
}

std::string message_of(const Outcome& outcome) {
  return std::visit(
      Overloaded{[](const Passed&) { return std::string(); }, [](const Failed& o) { return o.message; },
                 [](const Undefined& o) { return o.message; }, [](const Pending& o) { return o.message; },
                 [](const Skipped& o) { return o.reason; },
                 [](const TimedOut& o) {
                   return with_detail(
                       fmt::format("{} took longer than {}", o.what, text::format_duration(o.limit)),
                       o.detail);
                 },
                 [](const Exited& o) { return fmt::format("{} {}", describe_exit(o.code), o.detail); },
                 [](const KilledForMemory& o) {
                   return fmt::format("it needed more than its {}", text::format_size(o.limit));
                 },
                 [](const ProtocolViolation& o) { return o.detail; },
                 [](const CouldNotRun& o) { return o.reason; }, [](const Cancelled& o) { return o.reason; }},
      outcome);
}

std::string describe_exit(std::int64_t code) {
  const char* name = code > 128 && code < 128 + 65 ? ::sigabbrev_np(static_cast<int>(code - 128)) : nullptr;
  return name == nullptr ? fmt::format("exit code {}", code)
                         : fmt::format("exit code {} (SIG{})", code, name);
}

}  // namespace executor::model
