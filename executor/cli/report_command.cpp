// `cexec report`: reports of what was recorded, of one run or of several as one.
#include "executor/cli/report_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>

#include "executor/cli/run_output.h"
#include "executor/cli/setup.h"
#include "executor/report/left_behind.h"
#include "executor/report/write_report.h"

namespace executor::cli {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> event_files(const ReportArguments& arguments) {
  std::vector<fs::path> files;
  for (const auto& from : arguments.from) {
    std::error_code error;
    files.push_back(fs::is_directory(from, error) ? fs::path(from) / "events.jsonl" : fs::path(from));
  }
  return files;
}

ExitCode code_of(const report::Recording& recording) {
  const auto& totals = recording.totals();
  if (totals.failed > 0) return ExitCode::some_failed;
  const auto& runs = recording.runs();
  const bool any_failed = std::any_of(runs.begin(), runs.end(), [](const auto& run) { return run.failed; });
  const bool is_clean = report::is_clean(recording.left_behind());
  return totals.could_not_run > 0 || any_failed || !is_clean ? ExitCode::could_not_run : ExitCode::all_passed;
}

}  // namespace

ExitCode report_command(const ReportArguments& arguments) {
  const auto recording = report::Recording::open(event_files(arguments));
  if (!recording) {
    complain(recording.error());
    return ExitCode::bad_input;
  }
  for (const auto& warning : recording->warnings()) complain("warning: " + warning);
  auto requests = arguments.show.reports;
  if (requests.empty()) requests.push_back({report::Format::console, {}});
  const char* summary = std::getenv("GITHUB_STEP_SUMMARY");  // NOLINT(concurrency-mt-unsafe): nobody sets any
  report::ReportSurroundings around{{}, summary == nullptr ? "" : summary, console_options(arguments.show)};
  around.console.is_replay = true;
  for (const auto& request : requests) {
    const auto written = report::write_report(*recording, request, around, std::cout);
    if (written) continue;
    complain("no report: " + written.error());
    return ExitCode::could_not_run;
  }
  return code_of(*recording);
}

}  // namespace executor::cli
