// Runs a plan: one case after the other. It must not know how results are shown, nor where servers live.
#include "executor/schedule/runner.h"

#include <fmt/format.h>

#include "executor/schedule/case_runner.h"

namespace executor::schedule {
namespace {

/// "cancelled" gets the reason that is known here.
void name_reason(model::CaseReport& report, const std::string& reason) {
  if (std::holds_alternative<model::Cancelled>(report.outcome)) report.outcome = model::Cancelled{reason};
}

}  // namespace

void run_plan(const plan::Plan& plan, const Options& options, instance::SiteFactory& sites,
              const model::RunId& run, Cancellation& cancellation, EventQueue& events) {
  std::size_t red = 0;
  for (std::size_t i = 0; i < plan.cases.size(); ++i) {
    CaseRunner runner(plan.cases[i], i, options, sites, run, cancellation.token(), events);
    if (const auto reason = cancellation.reason()) {
      events.post(model::CaseFinished{i, runner.not_run(*reason)});
      continue;
    }
    events.post(model::CaseStarted{plan.cases[i].id(), i});
    auto report = runner.run();
    if (const auto reason = cancellation.reason()) name_reason(report, *reason);
    const auto category = model::category_of(report.outcome);
    if (category == model::Category::failed || category == model::Category::could_not_run) ++red;
    if (options.max_fail > 0 && red >= options.max_fail) {
      cancellation.request(fmt::format("--max-fail {}: reached with {}", options.max_fail, report.id.text()));
    }
    events.post(model::CaseFinished{i, std::move(report)});
  }
}

}  // namespace executor::schedule
