// Runs a plan. It must not know how results are shown, nor where servers live.
#pragma once

#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

#include "executor/instance/site.h"
#include "executor/model/ids.h"
#include "executor/plan/plan.h"
#include "executor/schedule/event_queue.h"
#include "executor/schedule/options.h"

namespace executor::schedule {

/// A request to end a run, which any thread may make; the first reason counts.
class Cancellation {
 public:
  void request(std::string reason) {
    {
      const std::lock_guard lock(mutex_);
      if (!reason_) reason_ = std::move(reason);
    }
    source_.request_stop();
  }
  [[nodiscard]] std::stop_token token() const { return source_.get_token(); }
  /// Nothing while no end was requested.
  [[nodiscard]] std::optional<std::string> reason() const {
    const std::lock_guard lock(mutex_);
    return reason_;
  }

 private:
  mutable std::mutex mutex_;
  std::stop_source source_;
  std::optional<std::string> reason_;
};

/// Runs the cases of `plan`, begun in its order, and posts an event at the start, at each step and at the end
/// of each; the ends come as cases end. Once cancelled, what runs is given up and the remaining cases are
/// posted as cancelled. After `max_fail` red cases it cancels itself. Blocks until nothing of any case is
/// left.
void run_plan(const plan::Plan& plan, const Options& options, instance::SiteFactory& sites,
              const model::RunId& run, Cancellation& cancellation, EventQueue& events);

}  // namespace executor::schedule
