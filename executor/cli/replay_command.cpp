// `cexec replay`: one recorded case, run again.
#include "executor/cli/replay_command.h"

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <optional>

#include "base/random.h"
#include "executor/bundle/archive.h"
#include "executor/cli/bundle_sources.h"
#include "executor/cli/container_run.h"
#include "executor/cli/dispatcher.h"
#include "executor/cli/look_inside.h"
#include "executor/cli/printed.h"
#include "executor/cli/setup.h"
#include "executor/cli/version.h"
#include "executor/config/loader.h"
#include "executor/replay/compare.h"
#include "executor/replay/differences.h"
#include "executor/replay/opened.h"
#include "executor/replay/recorded_images.h"
#include "executor/replay/statistics.h"
#include "executor/replay/transcript_server.h"
#include "executor/report/console.h"
#include "executor/report/left_behind.h"
#include "executor/schedule/case_runner.h"
#include "executor/text/nearest.h"
#include "executor/text/quote.h"
#include "executor/text/units.h"

namespace executor::cli {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using replay::Sameness;

constexpr std::size_t kUntilFailRuns = 1000;
constexpr std::size_t kLongest = 2000;
constexpr const char* kSuffix = ".cexec.tar.zst";

std::string clean(std::string_view text) {
  return text::quote(text, kLongest);
}

/// A file that goes with its scope.
struct TemporaryFile {
  TemporaryFile() : path(fs::temp_directory_path() / ("cexec-images-" + base::random_uuid() + ".tar")) {}
  ~TemporaryFile() {
    std::error_code error;
    fs::remove(path, error);
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  const fs::path path;
};

/// A file, or the bundle of the case of that id in the artifacts of the last run. Nothing: it was said why.
std::optional<fs::path> find_bundle(const ReplayArguments& arguments) {
  std::error_code error;
  if (fs::is_regular_file(arguments.what, error)) return arguments.what;
  const auto folder = fs::path(arguments.artifacts) / "bundles";
  const auto name = schedule::folder_name(model::CaseId(arguments.what));
  if (const auto path = folder / (name + kSuffix); fs::is_regular_file(path, error)) return path;
  std::vector<std::string> names;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    auto file = it->path().filename().string();
    if (file.ends_with(kSuffix))
      names.push_back(file.substr(0, file.size() - std::string_view(kSuffix).size()));
  }
  complain(fmt::format("'{}' is no file, and no case that left a bundle in {}", clean(arguments.what),
                       folder.string()));
  if (const auto near = text::nearest(name, names); !near.empty()) {
    complain("did you mean " + (folder / (near + kSuffix)).string() + "?");
  }
  return std::nullopt;
}

/// The values that the command line gives, and no others: a stranger's config could ask for any.
class GivenEnvironment {
 public:
  explicit GivenEnvironment(const std::vector<std::string>& words) {
    const auto own = docker::process_environment();
    for (const auto& word : words) {
      const auto equals = word.find('=');
      const auto name = word.substr(0, equals);
      const auto value = equals == std::string::npos ? own(name) : std::optional(word.substr(equals + 1));
      if (value) values_[name] = *value;
    }
  }
  [[nodiscard]] std::optional<std::string> operator()(const std::string& name) const {
    const auto found = values_.find(name);
    return found == values_.end() ? std::nullopt : std::optional(found->second);
  }
  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const auto& [name, value] : values_) names.push_back(name);
    return names;
  }

 private:
  std::map<std::string, std::string> values_;
};

/// Keeps how each run of the case ended.
class Ends : public model::EventSink {
 public:
  explicit Ends(bool tells_each) : tells_each_(tells_each) {}

  void on_event(const model::Event& event) override {
    if (const auto* failed = std::get_if<model::RunFailed>(&event))
      complain(clean(failed->reason), clean(failed->hint));
    if (const auto* over = std::get_if<model::RunFinished>(&event)) {
      left_behind_ = over->left_behind;
    }
    const auto* finished = std::get_if<model::CaseFinished>(&event);
    if (finished == nullptr || std::holds_alternative<model::Cancelled>(finished->report.outcome)) return;
    ends_.push_back(bundle::recorded(finished->report));
    if (model::category_of(finished->report.outcome) != model::Category::passed) ++failures_;
    if (!tells_each_) return;
    std::cout << fmt::format("run {}: {} in {}\n", ends_.size(), ends_.back().outcome,
                             text::format_duration(finished->report.duration))
              << std::flush;
  }

  [[nodiscard]] const std::vector<bundle::RecordedEnd>& all() const { return ends_; }
  [[nodiscard]] std::size_t failures() const { return failures_; }
  [[nodiscard]] const report::Left& left_behind() const { return left_behind_; }

 private:
  const bool tells_each_;
  std::vector<bundle::RecordedEnd> ends_;
  std::size_t failures_ = 0;
  report::Left left_behind_;
};

class Replay {
 public:
  Replay(const ReplayArguments& arguments, track::Watchdog* watchdog)
      : arguments_(arguments), watchdog_(watchdog) {}

  ExitCode run() {
    const auto file = find_bundle(arguments_);
    if (!file || !open(*file)) return ExitCode::bad_input;
    if (!check_processes()) return ExitCode::bad_input;
    tell_case(*file);
    auto engine = connect_engine({base::Deadline::in(kAnswerTime), {}});
    if (!engine) {
      complain(engine.error().reason, engine.error().hint);
      return ExitCode::could_not_run;
    }
    engine_ = std::move(*engine);
    if (!obtain()) return ExitCode::could_not_run;
    tell_differences();
    return run_case();
  }

 private:
  bool open(const fs::path& file) {
    auto bundle = bundle::read_bundle(file, images_.path);
    if (!bundle) return complain(clean(bundle.error())), false;
    const GivenEnvironment environment(arguments_.environment);
    given_ = environment.names();
    auto opened = replay::open(std::move(*bundle), file.string(), environment, arguments_.allow_unsafe);
    if (!opened) return complain(clean(opened.error())), false;
    opened_ = std::move(*opened);
    return true;
  }

  [[nodiscard]] const bundle::Manifest& manifest() const { return opened_->bundle.manifest; }

  /// --shell and --solo name processes of the case.
  [[nodiscard]] bool check_processes() {
    std::vector<std::string> names;
    for (const auto& [process, platform] : manifest().combination) names.push_back(process.text());
    for (const auto& [option, name] :
         {std::pair("--shell", arguments_.shell), std::pair("--solo", arguments_.solo)}) {
      if (name.empty() || std::find(names.begin(), names.end(), name) != names.end()) continue;
      complain(fmt::format("{}: the case has no process '{}'{}", option, clean(name),
                           text::did_you_mean(name, names)));
      return false;
    }
    if (arguments_.solo.empty()) return true;
    const auto transcript = opened_->bundle.files.find(bundle::kTranscriptFile);
    if (transcript == opened_->bundle.files.end())
      return complain("--solo: the bundle holds no transcript"), false;
    auto exchanges = replay::read_transcript(transcript->second);
    if (!exchanges) return complain("--solo: " + exchanges.error()), false;
    exchanges_ = std::move(*exchanges);
    return true;
  }

  void tell_case(const fs::path& file) const {
    const auto& m = manifest();
    std::cout << fmt::format("bundle   {}\ncase     {}\nscenario {}\nrecorded {}, run {}, case {} of {}\n",
                             file.string(), clean(m.case_id.text()), clean(m.scenario), clean(m.recorded_at),
                             clean(m.run.text().substr(0, 8)), m.index + 1, m.cases);
    for (const auto& [name, value] : m.ci)
      std::cout << fmt::format("         {} {}\n", clean(name), clean(value));
    std::cout << std::flush;
  }

  bool obtain() {
    const auto own = config::find_config(fs::current_path());
    std::optional<config::Config> project;
    if (own) {
      if (auto config = config::load(*own, docker::process_environment())) project = std::move(*config);
    }
    const replay::ImagePlaces places{opened_->bundle.images, project ? &*project : nullptr,
                                     docker::process_environment()};
    auto images = replay::obtain_images(
        *engine_.client, manifest().images, places,
        [](const model::PlatformName& platform, std::string_view text) {
          std::cout << fmt::format("{}  {}", clean(platform.text()), clean(text)) << std::endl;
        },
        {base::Deadline::never(), {}});
    if (!images) {
      complain(clean(images.error().reason), images.error().hint);
      return false;
    }
    obtained_ = std::move(*images);
    for (const auto& platform : opened_->config.platforms) {
      if (obtained_.contains(platform.name)) continue;
      complain(fmt::format("the bundle names no image of platform '{}'", clean(platform.name.text())));
      return false;
    }
    return true;
  }

  void tell_differences() const {
    const auto here = surroundings_of(*engine_.client, {base::Deadline::in(kAnswerTime), {}});
    const auto rows = replay::differences(manifest(), here, obtained_, kVersion, given_);
    std::cout << "\n";
    for (const auto& row : rows) {
      std::cout << fmt::format("{:<9} {:<16} {}{}\n", row.is_same ? "identical" : "differs", clean(row.name),
                               clean(row.recorded),
                               row.is_same ? std::string() : "; here " + clean(row.here));
    }
    std::cout << std::endl;
  }

  [[nodiscard]] schedule::Options options(const model::RunId& run) const {
    auto options = manifest().options;
    options.artifacts = fs::path(arguments_.artifacts) / "replay";
    options.rerun = "cexec --container-seq";
    if (arguments_.until_fail) options.max_fail = 1;
    if (!arguments_.pause_on_failure && arguments_.shell.empty()) return options;
    const LookInside wish{run, arguments_.shell, arguments_.debug_image};
    options.on_failure = [this, wish](const schedule::FailedCase& failed) {
      look_inside(*engine_.client, wish, failed);
    };
    return options;
  }

  [[nodiscard]] RunParts parts() const {
    RunParts parts;
    parts.images = [this](const docker::Client&, const TellPreparing&,
                          const docker::Call&) -> tl::expected<ImageMap, image::Error> {
      ImageMap images;
      for (const auto& [name, got] : obtained_) images.emplace(name, got.image);
      return images;
    };
    if (arguments_.solo.empty()) return parts;
    parts.wrap_sites = [this](instance::SiteFactory& real) {
      return std::make_unique<replay::SoloSites>(real, model::ProcessName(arguments_.solo), exchanges_);
    };
    return parts;
  }

  void repeat_case() {
    const auto times = arguments_.repeat > 0 ? arguments_.repeat : arguments_.until_fail ? kUntilFailRuns : 1;
    auto& cases = opened_->plan.cases;
    while (cases.size() < times) {
      cases.push_back(cases.front());
      cases.back().repetition = static_cast<std::uint32_t>(cases.size());
    }
  }

  ExitCode run_case() {
    repeat_case();
    const bool is_repeated = opened_->plan.cases.size() > 1;
    const model::RunId run(base::random_uuid());
    const auto how = options(run);
    std::error_code error;
    fs::remove_all(how.artifacts / "cases", error);
    Signals signals;
    std::optional<Printed> printed;
    if (!how.on_failure) printed.emplace();  // else a terminal is spoken with
    schedule::EventQueue events;
    schedule::Cancellation cancellation;
    report::ConsoleOptions console_options;
    console_options.detail =
        arguments_.verbose ? report::ConsoleOptions::Detail::verbose : report::ConsoleOptions::Detail::normal;
    report::Console console(std::cout, console_options);
    Ends ends(is_repeated);
    std::vector<model::EventSink*> sinks{&ends};
    if (arguments_.verbose) sinks.insert(sinks.begin(), &console);
    std::optional<int> signal;
    {
      ContainerRun containers(opened_->plan, parts(), how, run, watchdog_, cancellation, events);
      signal = dispatch(signals, events, sinks, cancellation, base::Deadline::never(),
                        {[&containers] { containers.remove_all_now(); }, [] {}, STDOUT_FILENO});
    }
    const bool is_clean = report::is_clean(ends.left_behind());
    if (watchdog_ != nullptr && is_clean) watchdog_->release();
    auto code = ends.all().empty() ? ExitCode::could_not_run : judge(ends, is_repeated);
    if (code == ExitCode::all_passed && !is_clean) code = ExitCode::could_not_run;
    if (!is_clean) std::cout << "left behind: " << report::describe(ends.left_behind());
    if (ends.left_behind()) std::cout << fmt::format("{} objects left behind\n", ends.left_behind()->size());
    if (printed) finish_printing(*printed, signals, signal, base::Deadline::never());
    if (signal && !is_repeated) return *signal == SIGINT ? ExitCode::interrupted : ExitCode::terminated;
    return code;
  }

  ExitCode judge(const Ends& ends, bool is_repeated) const {
    if (is_repeated) tell_statistic(ends);
    // Of several runs the first that ended as recorded is shown, or else the last.
    const auto& all = ends.all();
    auto shown = std::find_if(all.begin(), all.end(), [this](const auto& end) {
      return replay::compare(manifest().end, end).sameness != Sameness::departs;
    });
    if (shown == all.end()) shown = std::prev(all.end());
    const auto comparison = replay::compare(manifest().end, *shown);
    tell_steps(comparison);
    tell_end(comparison, *shown);
    return comparison.sameness == Sameness::departs ? ExitCode::some_failed : ExitCode::all_passed;
  }

  void tell_statistic(const Ends& ends) const {
    const auto runs = ends.all().size();
    const bool until = arguments_.until_fail && ends.failures() > 0;
    const auto share = until ? replay::share_until_first(runs) : replay::share_of(ends.failures(), runs);
    std::cout << fmt::format(
        "\nfailed {} of {}: {:.1f} %, with 95 % confidence from {:.1f} % to {:.1f} %{}\n", ends.failures(),
        text::counted(runs, "run"), share.value * 100, share.low * 100, share.high * 100,
        until ? " (until the first failure)" : "");
  }

  static void tell_steps(const replay::Comparison& comparison) {
    if (comparison.steps.empty()) return;
    std::size_t recorded = std::string_view("recorded").size();
    std::size_t now = std::string_view("now").size();
    for (const auto& step : comparison.steps) {
      recorded = std::max(recorded, clean(step.recorded).size());
      now = std::max(now, step.now.size());
    }
    std::cout << fmt::format("\n{:<{}}  {:<{}}  step\n", "recorded", recorded, "now", now);
    for (const auto& step : comparison.steps) {
      std::cout << fmt::format("{:<{}}  {:<{}}  {} {}\n", clean(step.recorded), recorded, step.now, now,
                               clean(step.place), clean(step.text));
    }
  }

  void tell_end(const replay::Comparison& comparison, const bundle::RecordedEnd& now) const {
    const auto* what = now.outcome == "passed" ? "end" : "failure";
    std::cout << "\n";
    if (comparison.sameness == Sameness::departs) {
      std::cout << fmt::format("departs: {}\n", comparison.departure);
      return;
    }
    std::cout << fmt::format("same {}: {}{}{}\n", what, now.outcome, now.message.empty() ? "" : ": ",
                             clean(now.message));
    if (comparison.sameness == Sameness::same_but_numbers) {
      std::cout << fmt::format("  with other numbers in it; recorded: {}\n", clean(manifest().end.message));
    }
  }

  const ReplayArguments& arguments_;
  track::Watchdog* const watchdog_;
  TemporaryFile images_;
  Engine engine_;
  std::vector<std::string> given_;
  std::unique_ptr<replay::Opened> opened_;
  std::map<model::PlatformName, replay::RecordedImage> obtained_;
  std::map<model::ProcessName, std::vector<replay::Exchange>> exchanges_;
};

}  // namespace

ExitCode replay_command(const ReplayArguments& arguments, track::Watchdog* watchdog) {
  return Replay(arguments, watchdog).run();
}

}  // namespace executor::cli
