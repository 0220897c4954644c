// The program: takes the command line and hands it to a command.
#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>
#include <vector>

#include "executor/cli/aftermath.h"
#include "executor/cli/arguments.h"
#include "executor/cli/doctor_command.h"
#include "executor/cli/exit_code.h"
#include "executor/cli/images_command.h"
#include "executor/cli/list_command.h"
#include "executor/cli/replay_command.h"
#include "executor/cli/report_command.h"
#include "executor/cli/run_command.h"
#include "executor/cli/setup.h"
#include "executor/cli/signals.h"
#include "executor/track/watchdog.h"

namespace {

using executor::cli::Arguments;
using executor::cli::ExitCode;

/// For commands that are printed to be copied: as this program was called, or as a script that calls it says.
std::string program_name(const char* called) {
  const char* named = std::getenv("CEXEC_COMMAND");  // NOLINT(concurrency-mt-unsafe): no thread yet
  return named != nullptr && *named != '\0' ? named : called;
}

ExitCode act(const std::vector<std::string>& words, const std::string& program) {
  const auto arguments = executor::cli::parse_arguments(words);
  if (!arguments) {
    executor::cli::complain(arguments.error());
    executor::cli::complain("`cexec --help` shows the options");
    return ExitCode::bad_input;
  }
  switch (arguments->command) {
    case Arguments::Command::print: std::cout << arguments->text; return ExitCode::all_passed;
    case Arguments::Command::list: return executor::cli::list_command(words, *arguments);
    case Arguments::Command::report: return executor::cli::report_command(arguments->report);
    case Arguments::Command::gherkin: return executor::cli::gherkin_command(arguments->gherkin);
    case Arguments::Command::images: return executor::cli::images_command(arguments->images);
    case Arguments::Command::ps: return executor::cli::ps_command(arguments->ps);
    case Arguments::Command::cleanup: return executor::cli::cleanup_command(arguments->cleanup);
    case Arguments::Command::doctor: return executor::cli::doctor_command();
    case Arguments::Command::run:
    case Arguments::Command::replay: break;
  }
  // Before any thread is started, and any library but the command line's is used.
  const auto watchdog =
      executor::track::Watchdog::start([](const auto& run) { executor::cli::clean_up_after(run); });
  if (arguments->command == Arguments::Command::replay) {
    return executor::cli::replay_command(arguments->replay, watchdog.get());
  }
  return executor::cli::run_command(words, *arguments, program, watchdog.get());
}

}  // namespace

int main(int argc, char** argv) {
  executor::cli::hold_standard_descriptors();
  try {
    return static_cast<int>(act({argv + 1, argv + argc}, program_name(argv[0])));
  } catch (const std::exception& error) {
    std::cerr << "cexec: internal error: " << error.what() << "; this is a bug, please report it\n";
    return static_cast<int>(ExitCode::could_not_run);
  }
}
