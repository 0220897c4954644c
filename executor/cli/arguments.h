// The command line, taken apart and checked. It must not act on anything.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "executor/cli/gherkin_command.h"
#include "executor/config/config.h"
#include "executor/model/ids.h"
#include "executor/report/console.h"

namespace executor::cli {

using std::chrono::milliseconds;

enum class Color { automatic, always, never };

/// What `cexec [run]` takes. Nothing in an optional means: not said, here or in a profile.
struct RunArguments {
  std::vector<std::string> paths;  ///< PATH or PATH:LINE
  std::optional<config::Mode> mode;
  std::vector<std::pair<model::ProcessName, std::string>> combo;
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
};

/// What `cexec images` takes.
struct ImagesArguments {
  bool build = false;  ///< `cexec images build`: make what is missing; else only list
  std::string config;
  bool verbose = false;
};

/// The whole of it: one command, or a text to print and be done.
struct Arguments {
  enum class Command { run, gherkin, images, print };
  Command command = Command::run;
  RunArguments run;
  ImagesArguments images;
  GherkinArguments gherkin;
  std::string text;  ///< of --help and --version
};

/// `words` are those behind the program's name. The error is a message for the user.
tl::expected<Arguments, std::string> parse_arguments(const std::vector<std::string>& words);

/// The options of a profile worked in below those of the command line. Also checks all profiles of the
/// config: an unknown option is an error with its line.
tl::expected<Arguments, std::string> with_profile(const std::vector<std::string>& words,
                                                  const Arguments& arguments, const config::Config& config);

}  // namespace executor::cli
