// The command line, taken apart and checked. It must not act on anything.
#pragma once

#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "executor/cli/gherkin_command.h"
#include "executor/cli/objects_command.h"
#include "executor/cli/replay_options.h"
#include "executor/cli/report_command.h"
#include "executor/cli/run_options.h"
#include "executor/config/config.h"

namespace executor::cli {

/// What `cexec images` takes.
struct ImagesArguments {
  enum class Action { list, build, pull, lock };
  Action action = Action::list;
  bool check = false;  ///< the exit code says whether all is there, and as locked
  std::string config;
  bool verbose = false;
};

/// The whole of it: one command, or a text to print and be done.
struct Arguments {
  enum class Command { run, list, report, gherkin, images, ps, cleanup, doctor, replay, print };
  Command command = Command::run;
  RunArguments run;  ///< also of `list`
  ImagesArguments images;
  ReportArguments report;
  GherkinArguments gherkin;
  PsArguments ps;
  CleanupArguments cleanup;
  ReplayArguments replay;
  std::string text;  ///< of --help and --version
};

/// `words` are those behind the program's name; what they do not say of a run or list is as in `base`. The
/// error is a message for the user.
tl::expected<Arguments, std::string> parse_arguments(const std::vector<std::string>& words,
                                                     RunArguments base = {});

/// The same for the words behind `run`.
tl::expected<Arguments, std::string> parse_run_words(const std::vector<std::string>& words,
                                                     RunArguments base);

/// The names of all commands, for who misspells one.
std::vector<std::string> command_names();

/// The long names of the options of `run`, without the dashes.
std::vector<std::string> run_option_names();

}  // namespace executor::cli
