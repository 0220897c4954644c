// The options of a run, with their values read and checked. It must not act on anything.
#include "executor/cli/run_options.h"

#include <fmt/format.h>

#include <cmath>
#include <cstdlib>

#include <CLI/CLI.hpp>

#include "executor/text/units.h"

namespace executor::cli {
namespace {

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

tl::expected<schedule::Isolation, std::string> parse_isolation(const std::string& text) {
  if (text == "case") return schedule::Isolation::each_case;
  if (text == "feature") return schedule::Isolation::feature;
  if (text == "run") return schedule::Isolation::run;
  return tl::unexpected(fmt::format("expected case, feature or run, found '{}'", text));
}

std::size_t as_size(std::int64_t number) {
  return static_cast<std::size_t>(number);
}

tl::expected<std::size_t, std::string> parse_count(const std::string& text) {
  return text::parse_number(text, 1, 1024).map(as_size);
}

tl::expected<std::size_t, std::string> parse_ahead(const std::string& text) {
  return text::parse_number(text, 0, 1024).map(as_size);
}

void add_mode_options(CLI::App& app, RunArguments& run) {
  app.add_flag_callback(
      "--parallel", [&run] { run.mode = config::Mode::process_parallel; },
      "servers as processes of this machine, several\ncases at a time (without a mode: one)");
  app.add_flag_callback(
      "--container-seq,--container-sequential", [&run] { run.mode = config::Mode::container_seq; },
      "each instance in a fresh container, one case\nat a time");
  app.add_flag_callback(
      "--container-par,--container-parallel", [&run] { run.mode = config::Mode::container_par; },
      "the same, several cases at a time");
  add_value(app, "--max-workers", run.max_workers, parse_count, "cases at a time (CPUs - 1, at least 1)",
            "N");
  add_value(app, "--provision-ahead", run.provision_ahead, parse_ahead,
            "coming cases whose containers start early\n(as many instances as processors)", "N");
  add_value(app, "--isolation", run.isolation, parse_isolation,
            "how long an instance may be used, where its\nserver has `reset`: case, feature, run (case)",
            "LEVEL");
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

void add_count(CLI::App& app, const std::string& name, std::size_t& into, std::int64_t least,
               const std::string& help) {
  app.add_option_function<std::string>(
         name,
         [&into, name, least](const std::string& text) {
           const auto count = text::parse_number(text, least, 100'000);
           if (!count) throw CLI::ValidationError(name, count.error());
           into = static_cast<std::size_t>(*count);
         },
         help)
      ->type_name("N");
}

void add_process_options(CLI::App& app, RunArguments& run) {
  app.add_flag_callback(
      "--fail-fast", [&run] { run.max_fail = 1; }, "stop after the first case that is red");
  app.add_option("--max-fail", run.max_fail, "stop after N cases that are red")->type_name("N");
  app.add_flag("--dry-run", run.dry_run, "check plan, steps and images; start nothing");
  add_count(app, "--retries", run.retries, 0, "try a red case up to N times more (0)");
  app.add_option_function<std::string>(
         "--flaky",
         [&run](const std::string& what) {
           if (what != "fail" && what != "pass") {
             throw CLI::ValidationError("--flaky", fmt::format("expected fail or pass, found '{}'", what));
           }
           run.flaky_fails = what == "fail";
         },
         "what one that passes on a retry does to the\nexit code: fail or pass (pass)")
      ->type_name("WHAT");
  add_count(app, "--repeat", run.repeat, 1, "run every case N times (1)");
  app.add_flag("--save-images", run.save_images, "put the images into the bundles of red cases");
  app.add_option("--artifacts", run.artifacts, "folder for logs, transcripts (test-artifacts)")
      ->type_name("DIR");
  app.add_flag("--no-progress", run.no_progress,
               "no progress at the end of the output, which a\nterminal has");
}

}  // namespace

config::Mode mode_of(const RunArguments& run, const config::Config& config) {
  return run.mode.value_or(config.mode.value_or(config::Mode::process));
}

bool is_of_processes(config::Mode mode) {
  return mode == config::Mode::process || mode == config::Mode::process_parallel;
}

void add_run_options(CLI::App& app, RunArguments& run) {
  add_mode_options(app, run);
  add_limit_options(app, run);
  add_process_options(app, run);
  add_show_options(app, run);
}

void add_show_options(CLI::App& app, RunArguments& run) {
  app.add_option_function<std::vector<std::string>>(
         "--report",
         [&run](const std::vector<std::string>& texts) {
           run.reports.clear();  // those of a profile
           for (const auto& text : texts) {
             auto request = report::parse_report(text);
             if (!request) throw CLI::ValidationError("--report", request.error());
             run.reports.push_back(std::move(*request));
           }
         },
         "also: console, junit, messages, html, github\nor json; may be repeated")
      ->type_name("FORMAT[:FILE]")
      ->take_all()
      ->expected(1);
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

void add_plan_options(CLI::App& app, RunArguments& run) {
  app.add_option("--profile", run.profile, "options under a name in cexec.yaml")->type_name("NAME");
  app.add_option("--config", run.config, "the config (cexec.yaml here or above)")->type_name("FILE");
  app.add_flag("--show-tags", run.show_tags, "show the tags of every scenario");
}

}  // namespace executor::cli
