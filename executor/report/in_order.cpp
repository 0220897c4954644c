// Hands on the results of cases in the plan's order, whatever order they come in. It must not know what is
// done with them.
#include "executor/report/in_order.h"

namespace executor::report {

void InOrder::hand_on_those_due() {
  for (auto it = waiting_.begin(); it != waiting_.end() && it->first == due_; it = waiting_.erase(it)) {
    next_.on_event(it->second);
    ++due_;
  }
}

void InOrder::on_event(const model::Event& event) {
  if (const auto* finished = std::get_if<model::CaseFinished>(&event)) {
    waiting_.emplace(finished->index, event);
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
