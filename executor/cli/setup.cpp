// What several commands do first: complain in one voice, and read the config.
#include "executor/cli/setup.h"

#include <filesystem>
#include <iostream>

#include "docker/endpoint.h"
#include "executor/config/loader.h"

namespace executor::cli {

namespace fs = std::filesystem;

void complain(const std::string& message) {
  std::cerr << "cexec: " << message << '\n';
}

void complain(const std::string& reason, const std::string& hint) {
  complain(reason);
  if (!hint.empty()) complain(hint);
}

tl::expected<config::Config, ExitCode> load_config(const std::string& named) {
  auto file = named.empty() ? config::find_config(fs::current_path()) : fs::path(named);
  if (!file) {
    complain("there is no cexec.yaml in this folder or above it; --config names one, README.md shows one");
    return tl::unexpected(ExitCode::bad_input);
  }
  // As seen from here: messages are read, and clicked on, where cexec was called.
  if (named.empty()) file = file->lexically_relative(fs::current_path());
  auto config = config::load(*file, docker::process_environment());
  if (config) return std::move(*config);
  for (const auto& error : config.error()) complain(error.text());
  return tl::unexpected(ExitCode::bad_input);
}

}  // namespace executor::cli
