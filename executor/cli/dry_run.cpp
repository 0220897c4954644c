// `cexec run --dry-run`: everything that can be known of a run without starting anything.
#include "executor/cli/dry_run.h"

#include <fmt/format.h>

#include <filesystem>
#include <iostream>

#include "executor/cli/engine.h"
#include "executor/cli/list_command.h"
#include "executor/cli/setup.h"
#include "executor/image/resolve.h"

namespace executor::cli {
namespace {

using namespace std::chrono_literals;

constexpr auto kPatience = 30s;

std::string describe(const image::Found& found, const config::Platform& platform) {
  if (!found.id.empty()) return fmt::format("{} ({})", found.reference, found.id.substr(7, 12));
  if (!platform.build) return fmt::format("{}: not there, a run would pull it", found.reference);
  const auto folder = platform.build->context.lexically_proximate(std::filesystem::current_path());
  return fmt::format("{}: not there, a run would build it from {}", found.reference, folder.string());
}

}  // namespace

ExitCode dry_run(const Preparation& prepared) {
  print_plan(std::cout, prepared.plan, prepared.arguments.run.show_tags);
  std::cout << std::endl;
  const auto engine = connect_engine({base::Deadline::in(kPatience), {}});
  if (!engine) {
    complain(engine.error().reason, engine.error().hint);
    return ExitCode::could_not_run;
  }
  std::cout << "engine  " << engine->description << std::endl;
  auto code = ExitCode::all_passed;
  for (const auto* platform : plan::used_platforms(prepared.plan)) {
    const auto found = image::look_up(*engine->client, *platform, {base::Deadline::in(kPatience), {}});
    if (found) {
      std::cout << fmt::format("image   {}: {}", platform->name.text(), describe(*found, *platform))
                << std::endl;
    } else {
      complain(found.error().reason, found.error().hint);
      code = ExitCode::could_not_run;
    }
  }
  std::cout << "dry run: nothing was started" << std::endl;
  return code;
}

}  // namespace executor::cli
