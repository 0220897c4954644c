// Hands on the results of cases in the plan's order, whatever order they come in. It must not know what is
// done with them.
#pragma once

#include <cstddef>
#include <map>
#include <vector>

#include "executor/model/event.h"

namespace executor::report {

/// For reports that people read: a result waits until all before it have come, every other event passes at
/// once. The end of the run lets go of what still waits. Waiting results of cases that passed are held
/// without what is known of their instances, and only so many others with their log lines: memory does not
/// grow with logs.
class InOrder : public model::EventSink {
 public:
  /// `next` must outlive it.
  explicit InOrder(model::EventSink& next) : next_(next) {}

  void on_event(const model::Event& event) override;

 private:
  void hand_on_those_due();
  void wait(model::CaseFinished result);

  model::EventSink& next_;
  std::size_t due_ = 0;                          ///< index of the case whose result is next
  std::map<std::size_t, model::Event> waiting_;  ///< results, by index
  std::size_t held_with_lines_ = 0;
};

}  // namespace executor::report
