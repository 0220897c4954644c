// The command line, taken apart and checked. It must not act on anything.
#include "executor/cli/arguments.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include <CLI/CLI.hpp>

#include "executor/cli/version.h"
#include "executor/text/nearest.h"
#include "executor/text/units.h"

namespace executor::cli {
namespace {

/// Options that have their name already and are not part of this version: a profile may hold them for
/// another.
constexpr std::array<std::string_view, 32> kReservedOptions{"parallel",
                                                            "container-par",
                                                            "container-parallel",
                                                            "max-workers",
                                                            "tags",
                                                            "tag",
                                                            "name",
                                                            "platform",
                                                            "combine",
                                                            "unit",
                                                            "integration",
                                                            "system",
                                                            "only-slow",
                                                            "only-skipped",
                                                            "planned-only",
                                                            "priority",
                                                            "failed",
                                                            "changed",
                                                            "shard",
                                                            "provision-ahead",
                                                            "isolation",
                                                            "self-protect",
                                                            "cpu-threshold",
                                                            "mem-threshold",
                                                            "retries",
                                                            "repeat",
                                                            "resume",
                                                            "dry-run",
                                                            "show-tags",
                                                            "no-progress",
                                                            "report",
                                                            "mode"};

constexpr std::string_view kUsage =
    R"(cexec runs Gherkin scenarios against several implementations of one thing,
each in a container of its own, and proves that they work together.

  cexec [run] --container-seq [OPTION…] [PATH[:LINE]…]
  cexec images [build]
  cexec gherkin FILE…
  cexec COMMAND --help
  cexec --version

Exit codes: 0 all passed, 1 some case failed, 2 wrong input, 3 could not run,
4 nothing selected, 130 and 143 interrupted.
)";

/// "writer=python,reader=*"
std::vector<std::pair<model::ProcessName, std::string>> read_combo(const std::string& text) {
  std::vector<std::pair<model::ProcessName, std::string>> combo;
  std::string_view rest = text;
  while (true) {
    const auto item = rest.substr(0, rest.find(','));
    const auto equals = item.find('=');
    if (equals == std::string_view::npos || equals == 0 || equals + 1 == item.size()) {
      throw CLI::ValidationError("--combo", fmt::format("'{}' is not PROCESS=PLATFORM", item));
    }
    combo.emplace_back(model::ProcessName(std::string(item.substr(0, equals))), item.substr(equals + 1));
    if (item.size() == rest.size()) return combo;
    rest.remove_prefix(item.size() + 1);
  }
}

template <class T, class Parse>
void add_value(CLI::App& app, const std::string& name, std::optional<T>& into, Parse parse,
               const std::string& help, const std::string& type) {
  app.add_option_function<std::string>(
         name,
         [&into, parse, name](const std::string& text) {
           const auto value = parse(text);
           if (!value) throw CLI::ValidationError(name, value.error());
           into = *value;
         },
         help)
      ->type_name(type);
}

tl::expected<milliseconds, std::string> parse_limit(const std::string& text) {
  auto span = text::parse_duration(text);
  if (span && *span <= milliseconds(0)) return tl::unexpected(std::string("must be more than 0"));
  return span;
}

tl::expected<std::int64_t, std::string> parse_memory(const std::string& text) {
  auto size = text::parse_size(text);
  if (size && *size < (std::int64_t{6} << 20U)) return tl::unexpected(std::string("must be at least 6m"));
  return size;
}

tl::expected<std::int64_t, std::string> parse_cpus(const std::string& text) {
  char* end = nullptr;
  const double cpus = std::strtod(text.c_str(), &end);
  if (text.empty() || *end != '\0' || !(cpus > 0 && cpus < 1e6)) {
    return tl::unexpected(fmt::format("'{}' is no number above 0", text));
  }
  return std::llround(cpus * 1e9);
}

tl::expected<std::int64_t, std::string> parse_pids(const std::string& text) {
  return text::parse_number(text, 1, 1 << 22);
}

void add_mode_options(CLI::App& app, RunArguments& run) {
  app.add_flag_callback(
      "--container-seq,--container-sequential", [&run] { run.mode = config::Mode::container_seq; },
      "each instance in a fresh container, one case\nat a time");
  app.add_option_function<std::string>(
         "--combo", [&run](const std::string& text) { run.combo = read_combo(text); },
         "only these combinations: writer=python,reader=*")
      ->type_name("P=PLATFORM,...");
}

void add_limit_options(CLI::App& app, RunArguments& run) {
  add_value(app, "--timeout", run.timeout, parse_limit, "most time for a case (none)", "DUR");
  add_value(app, "--step-timeout", run.step_timeout, parse_limit, "most time for a step (30s)", "DUR");
  add_value(app, "--start-timeout", run.start_timeout, parse_limit,
            "most time for a server to be ready (30s)", "DUR");
  add_value(app, "--run-timeout", run.run_timeout, parse_limit, "most time for the whole run (none)", "DUR");
  add_value(app, "--memory", run.memory, parse_memory, "memory of an instance, instead of the config's",
            "SIZE");
  add_value(app, "--cpus", run.nano_cpus, parse_cpus, "CPUs of an instance, instead of the config's", "N");
  add_value(app, "--pids", run.pids, parse_pids, "processes and threads of an instance", "N");
  app.add_flag("--no-limits", run.no_limits, "no limits on memory, CPUs and processes");
}

void add_run_options(CLI::App& app, RunArguments& run) {
  app.add_flag_callback(
      "--fail-fast", [&run] { run.max_fail = 1; }, "stop after the first case that is red");
  app.add_option("--max-fail", run.max_fail, "stop after N cases that are red")->type_name("N");
  app.add_option("--profile", run.profile, "options under a name in cexec.yaml")->type_name("NAME");
  app.add_option("--config", run.config, "the config (cexec.yaml here or above)")->type_name("FILE");
  app.add_option("--artifacts", run.artifacts, "folder for logs and transcripts (test-artifacts)")
      ->type_name("DIR");
  app.add_flag_callback(
      "-v,--verbose", [&run] { run.detail = report::ConsoleOptions::Detail::verbose; },
      "show the steps of every case, and builds");
  app.add_flag_callback(
      "-q,--quiet", [&run] { run.detail = report::ConsoleOptions::Detail::quiet; },
      "show only what went wrong, and the last lines");
  app.add_option_function<std::string>(
         "--color",
         [&run](const std::string& when) {
           if (when != "auto" && when != "always" && when != "never") {
             throw CLI::ValidationError("--color",
                                        fmt::format("expected auto, always or never, found '{}'", when));
           }
           run.color = when == "always" ? Color::always : when == "never" ? Color::never : Color::automatic;
         },
         "colors: auto, always or never")
      ->type_name("WHEN");
}

/// Defines an app whose options write into their target only where they are given.
void define_run(CLI::App& app, RunArguments& run) {
  app.name("cexec run");
  app.description("Runs the cases of the given feature files, or of all that cexec.yaml names.");
  app.get_formatter()->column_width(34);
  app.option_defaults()->take_last();
  app.add_option("PATH", run.paths, "feature files or folders, PATH:LINE for one\nscenario")
      ->type_name("")
      ->take_all();
  add_mode_options(app, run);
  add_limit_options(app, run);
  add_run_options(app, run);
}

void define_images(CLI::App& app, ImagesArguments& images) {
  app.name("cexec images");
  app.description("Lists the platforms' images; `cexec images build` makes what is missing.");
  app.get_formatter()->column_width(34);
  app.add_option_function<std::string>(
         "ACTION",
         [&images](const std::string& action) {
           if (action != "build") {
             throw CLI::ValidationError("ACTION", fmt::format("expected build, found '{}'", action));
           }
           images.build = true;
         },
         "build: pull or build what is missing")
      ->type_name("");
  app.add_option("--config", images.config, "the config (cexec.yaml here or above)")->type_name("FILE");
  app.add_flag("-v,--verbose", images.verbose, "show the output of builds");
}

void define_gherkin(CLI::App& app, GherkinArguments& gherkin) {
  app.name("cexec gherkin");
  app.description(
      "Prints what the parser makes of feature files as Cucumber Messages, one a line:\n"
      "their source, tree and pickles, or only those that are named.");
  app.get_formatter()->column_width(34);
  app.add_option("FILE", gherkin.files, "feature files")->type_name("")->required();
  app.add_flag("--source", gherkin.source, "the text of the file");
  app.add_flag("--ast", gherkin.ast, "its tree");
  app.add_flag("--pickles", gherkin.pickles, "its scenarios as they run");
  app.add_flag("--predictable-ids", gherkin.predictable_ids, "ids 0, 1, 2 … instead of random ones");
  auto* tokens =
      app.add_flag("--tokens", gherkin.tokens, "instead of messages, each line as it was recognized");
  for (const auto* name : {"--source", "--ast", "--pickles"}) tokens->excludes(app.get_option(name));
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

tl::expected<Arguments, std::string> parse_run(const std::vector<std::string>& words, RunArguments base) {
  Arguments arguments;
  arguments.run = std::move(base);
  CLI::App app;
  define_run(app, arguments.run);
  auto help = parse(app, words);
  if (!help) return tl::unexpected(help.error());
  if (!help->empty()) return Arguments{Arguments::Command::print, {}, {}, {}, std::move(*help)};
  return arguments;
}

tl::expected<Arguments, std::string> parse_images(const std::vector<std::string>& words) {
  Arguments arguments;
  arguments.command = Arguments::Command::images;
  CLI::App app;
  define_images(app, arguments.images);
  auto help = parse(app, words);
  if (!help) return tl::unexpected(help.error());
  if (!help->empty()) return Arguments{Arguments::Command::print, {}, {}, {}, std::move(*help)};
  return arguments;
}

tl::expected<Arguments, std::string> parse_gherkin(const std::vector<std::string>& words) {
  Arguments arguments;
  arguments.command = Arguments::Command::gherkin;
  CLI::App app;
  define_gherkin(app, arguments.gherkin);
  auto help = parse(app, words);
  if (!help) return tl::unexpected(help.error());
  if (!help->empty()) return Arguments{Arguments::Command::print, {}, {}, {}, std::move(*help)};
  return arguments;
}

/// The words behind `run`, which may be left out.
std::vector<std::string> run_words(const std::vector<std::string>& words) {
  const bool named = !words.empty() && words.front() == "run";
  return {words.begin() + (named ? 1 : 0), words.end()};
}

std::string dashed(std::string option) {
  std::replace(option.begin(), option.end(), '_', '-');
  return option;
}

/// "cexec.yaml:27: profiles.ci.retries: …"
std::string complaint(const config::Config& config, const std::string& profile,
                      const config::Setting& setting, std::string_view message) {
  return fmt::format("{}:{}: profiles.{}.{}: {}", config.file.string(), setting.line, profile, setting.option,
                     message);
}

/// Empty if every option of every profile exists.
std::string check_profiles(const config::Config& config) {
  RunArguments unused;
  CLI::App app;
  define_run(app, unused);
  auto known = option_names(app);
  known.insert(known.end(), kReservedOptions.begin(), kReservedOptions.end());
  for (const auto& [name, profile] : config.profiles) {
    for (const auto& setting : profile) {
      const auto option = dashed(setting.option);
      const bool is_own = option == "profile" || option == "config" || option == "help";
      if (!is_own && std::find(known.begin(), known.end(), option) != known.end()) continue;
      return complaint(
          config, name, setting,
          is_own ? "stands on the command line only" : "unknown option" + text::did_you_mean(option, known));
    }
  }
  return {};
}

/// The profile's settings as words of a command line. A setting that is `false` is none.
tl::expected<std::vector<std::string>, std::string> profile_words(const config::Config& config,
                                                                  const std::string& name) {
  std::vector<std::string> words;
  for (const auto& setting : config.profiles.at(name)) {
    const auto option = dashed(setting.option);
    if (option == "mode") {
      if (setting.values == std::vector<std::string>{"container-seq"})
        words.emplace_back("--container-seq");
      else
        return tl::unexpected(complaint(config, name, setting, "this version knows container-seq only"));
      continue;
    }
    if (std::find(kReservedOptions.begin(), kReservedOptions.end(), option) != kReservedOptions.end()) {
      return tl::unexpected(complaint(config, name, setting, "is not part of this version of cexec"));
    }
    for (const auto& value : setting.values) {
      if (value == "false") continue;
      words.push_back(value == "true" ? "--" + option : fmt::format("--{}={}", option, value));
    }
  }
  return words;
}

}  // namespace

tl::expected<Arguments, std::string> parse_arguments(const std::vector<std::string>& words) {
  const auto first = words.empty() ? std::string() : words.front();
  if (first == "--version")
    return Arguments{Arguments::Command::print, {}, {}, {}, fmt::format("cexec {}\n", kVersion)};
  if (first == "--help" || first == "-h" || first == "help") {
    return Arguments{Arguments::Command::print, {}, {}, {}, std::string(kUsage)};
  }
  if (first == "gherkin") return parse_gherkin({words.begin() + 1, words.end()});
  if (first == "images") return parse_images({words.begin() + 1, words.end()});
  return parse_run(run_words(words), {});
}

tl::expected<Arguments, std::string> with_profile(const std::vector<std::string>& words,
                                                  const Arguments& arguments, const config::Config& config) {
  if (auto wrong = check_profiles(config); !wrong.empty()) return tl::unexpected(std::move(wrong));
  const auto& name = arguments.run.profile;
  if (name.empty()) return arguments;
  if (!config.profiles.contains(name)) {
    std::vector<std::string> known;
    for (const auto& [profile, unused] : config.profiles) known.push_back(profile);
    return tl::unexpected(
        fmt::format("{} has no profile '{}'{}", config.file.string(), name, text::did_you_mean(name, known)));
  }
  const auto extra = profile_words(config, name);
  if (!extra) return tl::unexpected(extra.error());
  const auto base = parse_run(*extra, {});
  if (!base)
    return tl::unexpected(fmt::format("{}: profiles.{}: {}", config.file.string(), name, base.error()));
  return parse_run(run_words(words), base->run);
}

}  // namespace executor::cli
