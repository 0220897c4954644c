// `cexec run --dry-run`: everything that can be known of a run without starting anything.
#include "executor/cli/dry_run.h"

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <iostream>

#include "executor/cli/engine.h"
#include "executor/cli/list_command.h"
#include "executor/cli/setup.h"
#include "executor/image/resolve.h"
#include "executor/instance/process_spec.h"

namespace executor::cli {
namespace {

std::string describe(const image::Found& found, const config::Platform& platform) {
  if (!found.id.empty()) return fmt::format("{} ({})", found.reference, found.id.substr(7, 12));
  if (!platform.build) return fmt::format("{}: not there, a run would pull it", found.reference);
  const auto folder = platform.build->context.lexically_proximate(std::filesystem::current_path());
  return fmt::format("{}: not there, a run would build it from {}", found.reference, folder.string());
}

/// Says where each platform's program is.
ExitCode look_for_programs(const Preparation& prepared) {
  auto code = ExitCode::all_passed;
  for (const auto* platform : plan::used_platforms(prepared.plan)) {
    const auto program = instance::find_program(platform->process.front(), prepared.config.root,
                                                instance::search_path(*platform, environ));
    if (program) {
      std::cout << fmt::format("process {}: {} ({})", platform->name.text(),
                               instance::command_line(platform->process), *program)
                << std::endl;
    } else {
      complain(fmt::format("platforms.{}: {}", platform->name.text(), program.error()));
      code = ExitCode::could_not_run;
    }
  }
  return code;
}

/// Says which image each platform has, or would get.
ExitCode look_for_images(const Preparation& prepared) {
  const auto engine = connect_engine({base::Deadline::in(kAnswerTime), {}});
  if (!engine) {
    complain(engine.error().reason, engine.error().hint);
    return ExitCode::could_not_run;
  }
  std::cout << "engine  " << engine->description << std::endl;
  auto code = ExitCode::all_passed;
  for (const auto* platform : plan::used_platforms(prepared.plan)) {
    const auto found = image::look_up(*engine->client, *platform, {base::Deadline::in(kAnswerTime), {}});
    if (found) {
      std::cout << fmt::format("image   {}: {}", platform->name.text(), describe(*found, *platform))
                << std::endl;
    } else {
      complain(found.error().reason, found.error().hint);
      code = ExitCode::could_not_run;
    }
  }
  return code;
}

}  // namespace

ExitCode dry_run(const Preparation& prepared, config::Mode mode) {
  print_plan(std::cout, prepared.plan, prepared.arguments.run.show_tags);
  std::cout << std::endl;
  const auto code = is_of_processes(mode) ? look_for_programs(prepared) : look_for_images(prepared);
  std::cout << "dry run: nothing was started" << std::endl;
  return code;
}

}  // namespace executor::cli
