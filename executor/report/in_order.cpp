// Hands on the results of cases in the plan's order, whatever order they come in. It must not know what is
// done with them.
#include "executor/report/in_order.h"

namespace executor::report {
namespace {

/// More than anybody is shown in full.
constexpr std::size_t kMostWithLines = 100;

}  // namespace

void InOrder::hand_on_those_due() {
  for (auto it = waiting_.begin(); it != waiting_.end() && it->first == due_; it = waiting_.erase(it)) {
    next_.on_event(it->second);
    ++due_;
  }
}

void InOrder::wait(model::CaseFinished result) {
  auto& instances = result.report.instances;
  if (model::is_passed(result.report.outcome)) {
    instances.clear();
  } else if (++held_with_lines_ > kMostWithLines) {
    for (auto& instance : instances) instance.lines.clear();
  }
  waiting_.emplace(result.index, std::move(result));
}

void InOrder::on_event(const model::Event& event) {
  if (const auto* finished = std::get_if<model::CaseFinished>(&event)) {
    if (finished->index != due_) return wait(*finished);
    next_.on_event(event);
    ++due_;
    return hand_on_those_due();
  }
  const bool is_last =
      std::holds_alternative<model::RunFinished>(event) || std::holds_alternative<model::RunFailed>(event);
  if (is_last) {
    for (const auto& [index, result] : waiting_) next_.on_event(result);
    waiting_.clear();
  }
  next_.on_event(event);
}

}  // namespace executor::report
