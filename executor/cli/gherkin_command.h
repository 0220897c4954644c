// `cexec gherkin`: what the parser makes of feature files.
#pragma once

#include <string>
#include <vector>

#include "executor/cli/exit_code.h"

namespace executor::cli {

/// What `cexec gherkin` takes.
struct GherkinArguments {
  std::vector<std::string> files;
  bool source = false;
  bool ast = false;
  bool pickles = false;
  bool tokens = false;  ///< instead of messages
  bool predictable_ids = false;
};

/// Prints Cucumber Messages, one a line, or tokens. Files that cannot be read are complained of, and what is
/// wrong in a file is a message as well; either gives ExitCode::bad_input behind the other files' messages.
ExitCode gherkin_command(const GherkinArguments& arguments);

}  // namespace executor::cli
