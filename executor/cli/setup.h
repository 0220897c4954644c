// What several commands do first: complain in one voice, and read the config.
#pragma once

#include <string>

#include <tl/expected.hpp>

#include "executor/cli/exit_code.h"
#include "executor/config/config.h"

namespace executor::cli {

/// Prints "cexec: " and the message to stderr.
void complain(const std::string& message);

/// The same, and what to do about it, if there is a hint, on a line of its own.
void complain(const std::string& reason, const std::string& hint);

/// Reads the config that is named, or cexec.yaml in this folder or the nearest above it. What is wrong has
/// been printed when this fails.
tl::expected<config::Config, ExitCode> load_config(const std::string& named);

}  // namespace executor::cli
