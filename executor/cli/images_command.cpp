// `cexec images`: the images of the config's platforms.
#include "executor/cli/images_command.h"

#include <fmt/format.h>

#include <iostream>

#include "executor/cli/engine.h"
#include "executor/cli/setup.h"
#include "executor/image/resolve.h"
#include "executor/text/quote.h"
#include "executor/text/units.h"

namespace executor::cli {
namespace {

using namespace std::chrono_literals;

std::string describe(const image::Found& found, const config::Platform& platform) {
  if (found.id.empty()) return platform.build ? "not built" : "not there";
  return fmt::format("{} {}", found.id.substr(7, 12), text::format_size(found.size));
}

void print_failure(const image::Error& error) {
  if (!error.build_output.empty()) std::cerr << error.build_output;
  complain(error.reason, error.hint);
}

ExitCode build_all(const docker::Client& client, const config::Config& config, bool verbose) {
  auto code = ExitCode::all_passed;
  for (const auto& platform : config.platforms) {
    if (!platform.build && platform.image.empty()) continue;
    const auto tell = [&platform](std::string_view text) {
      std::cout << platform.name.text() << "  " << text::quote(text, 400) << std::endl;
    };
    const auto tell_step = [&](std::string_view text) {
      if (verbose || text.starts_with("Step ")) tell(text);
    };
    const auto resolved = image::resolve(client, platform, {tell, tell_step}, {base::Deadline::never(), {}});
    if (resolved) {
      tell(fmt::format("{} ({})", resolved->reference, resolved->id.substr(7, 12)));
    } else {
      print_failure(resolved.error());
      code = ExitCode::could_not_run;
    }
  }
  return code;
}

/// A line a platform: its name, its image, and whether the engine has it.
ExitCode list_all(const docker::Client& client, const config::Config& config) {
  for (const auto& platform : config.platforms) {
    std::string line = "(host process only)";
    if (platform.build || !platform.image.empty()) {
      const auto found = image::look_up(client, platform, {base::Deadline::in(30s), {}});
      if (!found) {
        print_failure(found.error());
        return ExitCode::bad_input;
      }
      line = fmt::format("{}  {}", found->reference, describe(*found, platform));
    }
    std::cout << fmt::format("{:<12} {}\n", platform.name.text(), line);
  }
  return ExitCode::all_passed;
}

}  // namespace

ExitCode images_command(const ImagesArguments& arguments) {
  const auto config = load_config(arguments.config);
  if (!config) return config.error();
  const auto engine = connect_engine({base::Deadline::in(30s), {}});
  if (!engine) {
    complain(engine.error().reason, engine.error().hint);
    return ExitCode::could_not_run;
  }
  return arguments.build ? build_all(*engine->client, *config, arguments.verbose)
                         : list_all(*engine->client, *config);
}

}  // namespace executor::cli
