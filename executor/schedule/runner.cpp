// Runs a plan. It must not know how results are shown, nor where servers live.
#include "executor/schedule/runner.h"

#include "executor/schedule/pipeline.h"

namespace executor::schedule {

void run_plan(const plan::Plan& plan, const Options& options, instance::SiteFactory& sites,
              const model::RunId& run, Cancellation& cancellation, EventQueue& events) {
  Pipeline(plan, options, sites, run, cancellation, events).run();
}

}  // namespace executor::schedule
