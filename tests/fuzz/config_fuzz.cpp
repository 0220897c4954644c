// Fuzzes the reading of cexec.yaml. It must not know what is right for an input.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "executor/config/loader.h"
#include "tests/fuzz/require.h"

namespace {

using namespace executor;
using tests::require;

std::optional<std::string> one_variable(const std::string& name) {
  if (name == "TOKEN") return "from outside";
  return std::nullopt;
}

void check(const config::Config& config) {
  require(config.root == "/project", "the root is the file's folder");
  require(!config.features.empty() && !config.platforms.empty(), "there are features and platforms");
  for (const auto& path : config.features) require(path.is_absolute(), "paths are absolute");
  for (const auto& platform : config.platforms) {
    const auto* found = config.find_platform(platform.name);
    require(found == &platform, "a platform has a name of its own");
    require(platform.build || !platform.image.empty() || !platform.process.empty(), "it can be started");
    require(platform.limits.memory >= 6 << 20 && platform.limits.pids >= 1, "its limits are in bounds");
    require(platform.limits.nano_cpus >= 0 && platform.stop_grace_period.count() >= 0, "and not negative");
  }
}

void check(const std::vector<config::ConfigError>& errors, int lines) {
  require(!errors.empty(), "what is refused has a reason");
  int before = 0;
  for (const auto& error : errors) {
    require(error.line >= before && error.line <= lines, "errors stand within the file, in its order");
    require(!error.text().empty() && !error.message.empty(), "an error says what is wrong");
    before = error.line;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(data, data + size);
  // The library takes CR for a line end too, and tells of the line behind the last.
  const auto is_end = [](char c) { return c == '\n' || c == '\r'; };
  const auto lines = static_cast<int>(std::count_if(text.begin(), text.end(), is_end) + 2);
  const auto config = config::load_text(text, "/project/cexec.yaml", one_variable);
  if (config) {
    check(*config);
  } else {
    check(config.error(), lines);
  }
  return 0;
}
