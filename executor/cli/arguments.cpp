// The command line, taken apart and checked. It must not act on anything.
#include "executor/cli/arguments.h"

#include <fmt/format.h>

#include <algorithm>

#include <CLI/CLI.hpp>

#include "executor/cli/version.h"
#include "executor/text/nearest.h"

namespace executor::cli {
namespace {

constexpr std::string_view kUsage =
    R"(cexec runs Gherkin scenarios against several implementations of one thing,
and proves that they work together. Each one runs as a process of this machine,
or with --container-seq in a fresh container.

  cexec [run] [OPTION…] [PATH[:LINE]…]
  cexec list [OPTION…] [PATH[:LINE]…]
  cexec report [OPTION…] [EVENTS…]
  cexec images [build|pull|lock] [--check]
  cexec gherkin FILE…
  cexec replay BUNDLE|CASE-ID [OPTION…]
  cexec doctor
  cexec ps
  cexec cleanup [--all] [--dry-run]
  cexec COMMAND --help
  cexec --version

Exit codes: 0 all passed, 1 some case failed, 2 wrong input, 3 could not run,
4 nothing selected, 130 and 143 interrupted.
)";

void set_up(CLI::App& app, const char* name, const char* description) {
  app.name(name);
  app.description(description);
  app.get_formatter()->column_width(34);
  app.option_defaults()->take_last();
}

/// Defines an app whose options write into their target only where they are given.
void define_run(CLI::App& app, RunArguments& run) {
  set_up(app, "cexec run", "Runs the cases of the given feature files, or of all that cexec.yaml names.");
  add_choose_options(app, run.choose);
  add_plan_options(app, run);
  add_run_options(app, run);
}

ListFormat read_format(const std::string& text) {
  if (text == "human") return ListFormat::human;
  if (text == "json") return ListFormat::json;
  if (text == "ids") return ListFormat::ids;
  throw CLI::ValidationError("--format", fmt::format("expected human, json or ids, found '{}'", text));
}

/// The options of a run are taken as well, so that its command line can be asked what it would run, but only
/// those that choose are told.
void define_list(CLI::App& app, RunArguments& run) {
  set_up(app, "cexec list", "Lists what `cexec run` with the same options would run.");
  app.add_option_function<std::string>(
         "--format", [&run](const std::string& text) { run.format = read_format(text); },
         "human, json or ids: one id of a case a line,\nfor --from-file")
      ->type_name("FORMAT");
  add_choose_options(app, run.choose);
  add_plan_options(app, run);
  const auto told = app.get_options().size();
  add_run_options(app, run);
  const auto options = app.get_options();
  for (auto i = told; i < options.size(); ++i) options[i]->group("");
}

void define_report(CLI::App& app, ReportArguments& report) {
  set_up(app, "cexec report",
         "Makes reports of the events that runs have recorded, even if one was killed.\n"
         "Several runs or shards become one; the exit code is that of the merged result.");
  app.add_option("--from,EVENTS", report.from, "files of events, or folders of artifacts\n(test-artifacts)")
      ->type_name("EVENTS")
      ->take_all();
  add_show_options(app, report.show);
  app.add_flag("--show-tags", report.show.show_tags, "show the tags of every scenario");
}

ImagesArguments::Action read_images_action(const std::string& text) {
  using Action = ImagesArguments::Action;
  if (text == "list") return Action::list;
  if (text == "build") return Action::build;
  if (text == "pull") return Action::pull;
  if (text == "lock") return Action::lock;
  const std::vector<std::string> known{"list", "build", "pull", "lock"};
  throw CLI::ValidationError("ACTION", fmt::format("expected list, build, pull or lock, found '{}'{}", text,
                                                   text::did_you_mean(text, known)));
}

void define_images(CLI::App& app, ImagesArguments& images) {
  set_up(app, "cexec images",
         "Lists the platforms' images, and whether the engine has them.\n\n"
         "  build  builds or pulls what is missing\n"
         "  pull   pulls what is named, or what images.lock holds, although it is there\n"
         "  lock   writes images.lock, which runs are held to from then on");
  app.add_option_function<std::string>(
         "ACTION", [&images](const std::string& text) { images.action = read_images_action(text); },
         "list (the default), build, pull or lock")
      ->type_name("");
  app.add_flag("--check", images.check, "of list: end with 3 where an image is\nmissing or not as locked");
  app.add_option("--config", images.config, "the config (cexec.yaml here or above)")->type_name("FILE");
  app.add_flag("-v,--verbose", images.verbose, "show the output of builds, and digests");
}

void define_gherkin(CLI::App& app, GherkinArguments& gherkin) {
  set_up(app, "cexec gherkin",
         "Prints what the parser makes of feature files as Cucumber Messages, one a line:\n"
         "their source, tree and pickles, or only those that are named.");
  app.add_option("FILE", gherkin.files, "feature files")->type_name("")->required();
  app.add_flag("--source", gherkin.source, "the text of the file");
  app.add_flag("--ast", gherkin.ast, "its tree");
  app.add_flag("--pickles", gherkin.pickles, "its scenarios as they run");
  app.add_flag("--predictable-ids", gherkin.predictable_ids, "ids 0, 1, 2 … instead of random ones");
  auto* tokens = app.add_flag("--tokens", gherkin.tokens, "each line as it was recognized, no messages");
  for (const auto* name : {"--source", "--ast", "--pickles"}) tokens->excludes(app.get_option(name));
}

void define_ps(CLI::App& app, PsArguments& ps) {
  set_up(app, "cexec ps", "Lists the runs of which the engine holds something, dead ones too.");
  app.add_flag("-v,--verbose", ps.verbose, "each container, network and volume");
}

void define_cleanup(CLI::App& app, CleanupArguments& cleanup) {
  set_up(app, "cexec cleanup",
         "Removes from the engine what runs left whose cexec is dead. Every run does so\nwhen it starts.");
  app.add_flag("--all", cleanup.all, "also what runs hold that are at work, or on\nanother machine");
  app.add_flag("--dry-run", cleanup.dry_run, "only say what would be removed");
}

/// It takes none but --help.
void define_doctor(CLI::App& app, Arguments&) {
  set_up(app, "cexec doctor",
         "Tries on the engine here what cexec relies on, in containers of its own: limits,\n"
         "isolation, streams, volumes, networks, builds. Ends with 3 where something does\nnot hold.");
}

std::vector<std::string> option_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const auto* option : app.get_options()) {
    for (const auto& name : option->get_lnames()) names.push_back(name);
  }
  return names;
}

std::string explain(const CLI::App& app, const CLI::ParseError& error,
                    const std::vector<std::string>& words) {
  std::vector<std::string> known;
  for (const auto& name : option_names(app)) known.push_back("--" + name);
  for (const auto& word : words) {
    const auto name = word.substr(0, word.find('='));
    if (!name.starts_with("--") || name.size() < 3) continue;
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    return fmt::format("unknown option '{}'{}", name, text::did_you_mean(name, known));
  }
  return error.what();
}

/// The text of --help, if that was asked for, or nothing; errors as messages.
tl::expected<std::string, std::string> parse(CLI::App& app, const std::vector<std::string>& words) {
  try {
    app.parse(std::vector<std::string>(words.rbegin(), words.rend()));  // as CLI11 wants it: last word first
    return std::string();
  } catch (const CLI::CallForHelp&) {
    return app.help();
  } catch (const CLI::ParseError& error) {
    return tl::unexpected(explain(app, error, words));
  }
}

Arguments printed(std::string text) {
  Arguments arguments;
  arguments.command = Arguments::Command::print;
  arguments.text = std::move(text);
  return arguments;
}

/// `define` adds the options of a command; they write into `into`, a part of `arguments`.
template <class Target>
tl::expected<Arguments, std::string> parse_command(const std::vector<std::string>& words, Arguments arguments,
                                                   void (*define)(CLI::App&, Target&),
                                                   Target& (*into)(Arguments&)) {
  CLI::App app;
  define(app, into(arguments));
  auto help = parse(app, words);
  if (!help) return tl::unexpected(help.error());
  return help->empty() ? std::move(arguments) : printed(std::move(*help));
}

Arguments of(Arguments::Command command, RunArguments run = {}) {
  Arguments arguments;
  arguments.command = command;
  arguments.run = std::move(run);
  return arguments;
}

RunArguments& run_of(Arguments& arguments) {
  return arguments.run;
}

}  // namespace

tl::expected<Arguments, std::string> parse_run_words(const std::vector<std::string>& words,
                                                     RunArguments base) {
  return parse_command<RunArguments>(words, of(Arguments::Command::run, std::move(base)), define_run, run_of);
}

std::vector<std::string> command_names() {
  constexpr std::string_view kBefore = "\n  cexec ";
  std::vector<std::string> names{"run"};
  for (auto at = kUsage.find(kBefore); at != std::string_view::npos; at = kUsage.find(kBefore, at + 1)) {
    const auto name = kUsage.substr(at + kBefore.size());
    const auto end = name.find_first_not_of("abcdefghijklmnopqrstuvwxyz");
    if (end != 0) names.emplace_back(name.substr(0, end));
  }
  return names;
}

std::vector<std::string> run_option_names() {
  RunArguments unused;
  CLI::App app;
  define_run(app, unused);
  return option_names(app);
}

tl::expected<Arguments, std::string> parse_arguments(const std::vector<std::string>& words,
                                                     RunArguments base) {
  using Command = Arguments::Command;
  const auto first = words.empty() ? std::string() : words.front();
  if (first == "--version") return printed(fmt::format("cexec {}\n", kVersion));
  if (first == "--help" || first == "-h" || first == "help") return printed(std::string(kUsage));
  const std::vector<std::string> rest(words.begin() + (words.empty() ? 0 : 1), words.end());
  if (first == "list") {
    return parse_command<RunArguments>(rest, of(Command::list, std::move(base)), define_list, run_of);
  }
  if (first == "report") {
    auto arguments = parse_command<ReportArguments>(
        rest, of(Command::report), define_report, [](Arguments& a) -> ReportArguments& { return a.report; });
    if (arguments && arguments->report.from.empty()) arguments->report.from.emplace_back("test-artifacts");
    return arguments;
  }
  if (first == "gherkin") {
    return parse_command<GherkinArguments>(rest, of(Command::gherkin), define_gherkin,
                                           [](Arguments& a) -> GherkinArguments& { return a.gherkin; });
  }
  if (first == "images") {
    return parse_command<ImagesArguments>(rest, of(Command::images), define_images,
                                          [](Arguments& a) -> ImagesArguments& { return a.images; });
  }
  if (first == "ps") {
    return parse_command<PsArguments>(rest, of(Command::ps), define_ps,
                                      [](Arguments& a) -> PsArguments& { return a.ps; });
  }
  if (first == "cleanup") {
    return parse_command<CleanupArguments>(rest, of(Command::cleanup), define_cleanup,
                                           [](Arguments& a) -> CleanupArguments& { return a.cleanup; });
  }
  if (first == "replay") {
    return parse_command<ReplayArguments>(rest, of(Command::replay), define_replay,
                                          [](Arguments& a) -> ReplayArguments& { return a.replay; });
  }
  if (first == "doctor") {
    return parse_command<Arguments>(rest, of(Command::doctor), define_doctor,
                                    [](Arguments& a) -> Arguments& { return a; });
  }
  return parse_run_words(first == "run" ? rest : words, std::move(base));
}

}  // namespace executor::cli
