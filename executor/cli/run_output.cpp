// Everything that listens to a run: the record of its events, the console, and the reports at its end. It
// must not know how the run is done.
#include "executor/cli/run_output.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <string_view>
#include <utility>

#include "executor/cli/setup.h"
#include "executor/report/write_report.h"

namespace executor::cli {
namespace {

namespace fs = std::filesystem;

fs::path events_file(const RunArguments& run) {
  return fs::path(run.artifacts) / "events.jsonl";
}

std::size_t terminal_columns() {
  winsize size{};
  return ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

/// On a terminal that knows how to move its cursor.
report::ConsoleOptions with_progress(report::ConsoleOptions options, const RunArguments& run) {
  const char* terminal = std::getenv("TERM");  // NOLINT(concurrency-mt-unsafe): nobody sets any
  const bool can_move = terminal != nullptr && *terminal != '\0' && std::string_view(terminal) != "dumb";
  const bool wanted = !run.no_progress && run.detail != report::ConsoleOptions::Detail::quiet;
  if (wanted && can_move && ::isatty(STDOUT_FILENO) != 0) options.columns = terminal_columns;
  return options;
}

}  // namespace

bool is_set(const char* variable) {
  const char* value = std::getenv(variable);  // NOLINT(concurrency-mt-unsafe): nobody sets any
  return value != nullptr && *value != '\0';
}

report::ConsoleOptions console_options(const RunArguments& run) {
  report::ConsoleOptions options;
  options.detail = run.detail;
  options.show_tags = run.show_tags;
  options.color = run.color == Color::always ||
                  (run.color == Color::automatic && ::isatty(STDOUT_FILENO) != 0 && !is_set("NO_COLOR"));
  options.github_actions = is_set("GITHUB_ACTIONS");
  options.groups = options.github_actions &&
                   std::any_of(run.reports.begin(), run.reports.end(),
                               [](const auto& request) { return request.format == report::Format::github; });
  return options;
}

void ReportsAtTheEnd::on_event(const model::Event& event) {
  const bool is_over =
      std::holds_alternative<model::RunFinished>(event) || std::holds_alternative<model::RunFailed>(event);
  if (!is_over || run_.reports.empty()) return;
  const auto fail = [this](const std::string& reason) {
    complain("no report: " + reason);
    all_written_ = false;
  };
  const auto recording = report::Recording::open({events_});
  if (!recording) return fail(recording.error());
  const char* summary = std::getenv("GITHUB_STEP_SUMMARY");  // NOLINT(concurrency-mt-unsafe): nobody sets any
  const report::ReportSurroundings around{run_.artifacts, summary == nullptr ? "" : summary, console_};
  for (const auto& request : run_.reports) {
    // The console prints as the run goes on.
    if (request.format == report::Format::console && request.file.empty()) continue;
    const auto written = report::write_report(*recording, request, around, std::cout);
    if (!written) fail(written.error());
  }
}

RunOutput::RunOutput(const RunArguments& run, report::EventLog log)
    : events_(events_file(run)),
      log_(std::move(log)),
      durations_(fs::path(run.artifacts) / "durations.txt"),
      reports_(events_, run, console_options(run)),
      console_(std::cout, with_progress(console_options(run), run)) {}

tl::expected<std::unique_ptr<RunOutput>, std::string> RunOutput::open(const RunArguments& run) {
  auto log = report::EventLog::open(events_file(run));
  if (!log) return tl::unexpected(log.error());
  return std::unique_ptr<RunOutput>(new RunOutput(run, std::move(*log)));
}

void RunOutput::answer() {
  console_.answer(std::cerr);
}

bool RunOutput::finish() {
  if (const auto wrong = durations_.save(); !wrong.empty())
    complain(fmt::format("warning: how long cases took is not kept: {}", wrong));
  if (!log_.error().empty()) complain(fmt::format("{} is not whole: {}", events_.string(), log_.error()));
  return log_.error().empty() && reports_.all_written();
}

}  // namespace executor::cli
