// The options of a run, with their values read and checked. It must not act on anything.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "executor/cli/choose_options.h"
#include "executor/config/config.h"
#include "executor/report/console.h"
#include "executor/report/report_request.h"
#include "executor/schedule/options.h"

namespace executor::cli {

using std::chrono::milliseconds;

enum class Color { automatic, always, never };

/// How `cexec list` prints.
enum class ListFormat { human, json, ids };

/// What `cexec [run]` and `cexec list` take. Nothing in an optional means: not said, here or in a profile.
struct RunArguments {
  ChooseArguments choose;
  std::optional<config::Mode> mode;
  std::optional<std::size_t> max_workers;
  std::optional<std::size_t> provision_ahead;
  std::optional<schedule::Isolation> isolation;
  std::optional<milliseconds> timeout;
  std::optional<milliseconds> step_timeout;
  std::optional<milliseconds> start_timeout;
  std::optional<milliseconds> run_timeout;
  std::optional<std::int64_t> memory;
  std::optional<std::int64_t> nano_cpus;
  std::optional<std::int64_t> pids;
  bool no_limits = false;
  std::size_t max_fail = 0;  ///< 0: no limit; --fail-fast is 1
  std::string config;        ///< empty: cexec.yaml here or above
  std::string profile;
  report::ConsoleOptions::Detail detail = report::ConsoleOptions::Detail::normal;
  Color color = Color::automatic;
  std::string artifacts = "test-artifacts";
  bool dry_run = false;
  std::size_t retries = 0;
  bool flaky_fails = false;  ///< a case that passed on a retry makes the run red
  std::size_t repeat = 1;
  bool save_images = false;  ///< bundles hold the images
  bool show_tags = false;
  bool no_progress = false;
  std::vector<report::ReportRequest> reports;
  ListFormat format = ListFormat::human;  ///< of `cexec list`
};

/// The mode of a run: as it says, or the config, or host processes, one case at a time.
config::Mode mode_of(const RunArguments& run, const config::Config& config);
/// Whether servers are processes of this machine then, and no engine is needed.
bool is_of_processes(config::Mode mode);

/// Adds the options to `app`, those that choose excepted; they write into `run`, which must outlive it, and
/// only where they are given.
void add_run_options(CLI::App& app, RunArguments& run);
/// The same for those that say what is shown of a result, and where.
void add_show_options(CLI::App& app, RunArguments& run);
/// The same for those that every command with a plan has: config, profile, what to show of a scenario.
void add_plan_options(CLI::App& app, RunArguments& run);

}  // namespace executor::cli
