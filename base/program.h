// Running another program to its end: what it is told on stdin, what it says. It must not know which program
// it is, nor why it is asked.
#pragma once

#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "base/deadline.h"

namespace base {

/// How a program ended, and what it wrote, up to 1 MiB each.
struct ProgramResult {
  int exit_code = 0;  ///< 128 + signal where a signal ended it
  std::string out;
  std::string err;
};

/// Runs `command` (looked up in PATH), gives it `input` and blocks until it has closed its output and ended.
/// At the deadline, or when `stop` is requested, it is killed. The error says why there is no result: it
/// cannot be started, took too long, was stopped. It gets default signal handling and no descriptor of ours.
tl::expected<ProgramResult, std::string> run_program(const std::vector<std::string>& command,
                                                     std::string_view input, const Deadline& deadline,
                                                     const std::stop_token& stop);

}  // namespace base
