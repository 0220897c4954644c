// The options of `cexec replay`, with their values read and checked. It must not act on anything.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace executor::cli {

struct ReplayArguments {
  std::string what;                          ///< a bundle's file, or the id of a case
  std::string artifacts = "test-artifacts";  ///< where a case's bundle is looked for, and evidence is left
  std::size_t repeat = 0;                    ///< 0: not said
  bool until_fail = false;
  bool pause_on_failure = false;
  std::string shell;  ///< process to look into; empty: none
  std::string debug_image = "debian:bookworm-slim";
  std::string solo;                      ///< process that alone is real; empty: all are
  std::vector<std::string> environment;  ///< NAME or NAME=VALUE
  bool allow_unsafe = false;
  bool verbose = false;
};

void define_replay(CLI::App& app, ReplayArguments& replay);

}  // namespace executor::cli
