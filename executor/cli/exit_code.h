// The exit codes of cexec. They are relied on outside: they must not change.
#pragma once

namespace executor::cli {

enum class ExitCode : int {
  all_passed = 0,
  some_failed = 1,    ///< at least one case failed
  bad_input = 2,      ///< command line, config or feature files are wrong; nothing was run
  could_not_run = 3,  ///< no engine, no image, a server never ready, or something was left behind
  nothing_selected = 4,
  self_protection = 42,  ///< stopped to protect the machine
  hung_up = 129,         ///< SIGHUP
  interrupted = 130,     ///< SIGINT
  terminated = 143,      ///< SIGTERM
};

}  // namespace executor::cli
