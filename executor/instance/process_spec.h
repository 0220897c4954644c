// What a platform's entry in cexec.yaml means where its server is a process of this machine. It must not
// start anything.
#pragma once

#include <sys/resource.h>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "executor/config/config.h"
#include "executor/instance/server.h"
#include "executor/model/ids.h"

namespace executor::instance {

/// One resource that is limited with setrlimit(2).
struct ResourceLimit {
  int resource = 0;
  rlimit limit{};
  std::string name;  ///< as in `ulimits`, for messages
};

/// All that is needed to start one.
struct ProcessSpec {
  std::string program;                 ///< path
  std::vector<std::string> arguments;  ///< the program's name first
  std::vector<std::string> environment;
  std::string folder;
  std::vector<ResourceLimit> limits;
  bool no_new_privileges = true;  ///< PR_SET_NO_NEW_PRIVS: no setuid program, such as sudo, has any effect
};

/// What an instance has from its case.
struct ProcessSurroundings {
  model::RunId run;
  model::ProcessName process;
  std::string marker;                               ///< value of track::kInstanceVariable
  std::string folder;                               ///< the case's; empty: none is shared
  std::map<model::ProcessName, std::string> peers;  ///< process → address; empty: no network is shared
  config::Limits limits;
  bool memory_is_limited = false;  ///< by a cgroup; else RLIMIT_DATA has to do
};

/// Of cexec's environment only what says who and where the user is goes on; everything else would make a case
/// depend on the shell that it was called from. The error tells that there is no such command, or that a
/// limit is not known.
tl::expected<ProcessSpec, Error> process_spec(const config::Platform& platform,
                                              const std::filesystem::path& root,
                                              const ProcessSurroundings& around, char** own_environment);

/// The PATH that a server of the platform has.
std::string search_path(const config::Platform& platform, char** own_environment);

/// Where the program of a command is: a path is relative to `root`, a name is looked for in `path` (PATH).
/// The error says why there is none that can be run.
tl::expected<std::string, std::string> find_program(const std::string& command,
                                                    const std::filesystem::path& root,
                                                    const std::string& path);

/// The command line, as it is shown.
std::string command_line(const std::vector<std::string>& command);

}  // namespace executor::instance
