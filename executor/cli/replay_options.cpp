// The options of `cexec replay`, with their values read and checked. It must not act on anything.
#include "executor/cli/replay_options.h"

#include <CLI/CLI.hpp>

#include "executor/text/units.h"

namespace executor::cli {

void define_replay(CLI::App& app, ReplayArguments& replay) {
  app.name("cexec replay");
  app.description(
      "Runs a case again as its bundle recorded it: the same images, limits, steps and order;\n"
      "says what differs here, and whether it ends in the same way.\n\n"
      "Exit codes: 0 the same end, 1 another end, 2 the bundle or the command line is wrong,\n"
      "3 it could not be run, 130 and 143 interrupted.");
  app.get_formatter()->column_width(34);
  app.option_defaults()->take_last();
  app.add_option("BUNDLE", replay.what, "a bundle's file, or the id of a case of the last run")
      ->type_name("")
      ->required();
  app.add_option_function<std::string>(
         "--repeat",
         [&replay](const std::string& text) {
           const auto count = text::parse_number(text, 1, 100'000);
           if (!count) throw CLI::ValidationError("--repeat", count.error());
           replay.repeat = static_cast<std::size_t>(*count);
         },
         "run it N times, and tell how often it failed")
      ->type_name("N");
  app.add_flag("--until-fail", replay.until_fail, "repeat until it fails, at most --repeat times\n(1000)");
  app.add_flag("--pause-on-failure", replay.pause_on_failure,
               "keep the containers when it fails, and tell how\nto look inside");
  app.add_option("--shell", replay.shell,
                 "when it fails, open a shell beside this process,\nin its namespaces")
      ->type_name("PROCESS");
  app.add_option("--debug-image", replay.debug_image, "what --shell runs (debian:bookworm-slim)")
      ->type_name("IMAGE");
  app.add_option("--solo", replay.solo,
                 "only this process is real; the others are played\nfrom their recorded messages")
      ->type_name("PROCESS");
  app.add_option("--env", replay.environment,
                 "give the bundle's config this variable, whose\nvalue was masked")
      ->type_name("NAME[=VALUE]")
      ->take_all();
  app.add_flag("--allow-unsafe", replay.allow_unsafe, "take a bundle that gives up isolation");
  app.add_option("--artifacts", replay.artifacts, "folder of bundles, and for evidence\n(test-artifacts)")
      ->type_name("DIR");
  app.add_flag("-v,--verbose", replay.verbose, "show the whole output of the run");
}

}  // namespace executor::cli
