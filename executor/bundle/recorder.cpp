// Writes the bundle of each case that did not pass, once it is over, on a thread of its own: nobody waits for
// it but the end of the run. It must not know how results are shown.
#include "executor/bundle/recorder.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <fstream>

#include "executor/bundle/secrets.h"
#include "executor/config/writer.h"
#include "executor/schedule/case_runner.h"
#include "executor/text/units.h"

namespace executor::bundle {
namespace {

namespace fs = std::filesystem;

/// Of a log that is longer, the first and the last part are kept.
constexpr std::size_t kHead = std::size_t{128} << 10U;
constexpr std::size_t kTail = std::size_t{512} << 10U;
/// Of a transcript much more, as a replay plays from it.
constexpr std::size_t kTranscriptTail = std::size_t{4} << 20U;
constexpr std::size_t kMostEvidence = std::size_t{40} << 20U;

std::string now_text() {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
}

std::string read_part(std::ifstream& file, std::size_t size) {
  std::string text(size, '\0');
  file.read(text.data(), static_cast<std::streamsize>(size));
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

std::string read_evidence(const fs::path& path) {
  std::error_code error;
  const auto size = static_cast<std::size_t>(fs::file_size(path, error));
  const auto tail = path.filename() == "transcript.jsonl" ? kTranscriptTail : kTail;
  std::ifstream file(path, std::ios::binary);
  if (error || size <= kHead + tail) return read_part(file, std::min(size, kHead + tail));
  auto text = read_part(file, kHead);
  text +=
      fmt::format("\n… {} left out …\n", text::format_size(static_cast<std::int64_t>(size - kHead - tail)));
  file.seekg(static_cast<std::streamoff>(size - tail));
  return text + read_part(file, tail);
}

/// All files of the case's folder, scrubbed.
void add_evidence(const fs::path& folder, const Secrets& secrets, std::map<std::string, std::string>& files) {
  std::error_code error;
  std::size_t total = 0;
  for (fs::recursive_directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    if (!it->is_regular_file(error)) continue;
    const auto path = std::string(kEvidenceFolder) + it->path().lexically_relative(folder).generic_string();
    if (!is_allowed_path(path)) continue;
    auto content = secrets.scrub(read_evidence(it->path()));
    total += content.size();
    if (total > kMostEvidence) return;
    files[path] = std::move(content);
  }
}

bool wants_bundle(const model::CaseReport& report) {
  return model::is_red(report.outcome) && !std::holds_alternative<model::Cancelled>(report.outcome);
}

void scrub(RecordedEnd& end, const Secrets& secrets) {
  end.message = secrets.scrub(std::move(end.message));
  for (auto& step : end.steps) step.message = secrets.scrub(std::move(step.message));
}

}  // namespace

Recorder::Recorder(const config::Config& config, const plan::Plan& plan, const schedule::Options& options,
                   Sources sources)
    : config_(config), plan_(plan), options_(options), sources_(std::move(sources)) {}

Recorder::~Recorder() {
  finish();
}

void Recorder::on_event(const model::Event& event) {
  if (const auto* started = std::get_if<model::RunStarted>(&event)) started_ = *started;
  const auto* finished = std::get_if<model::CaseFinished>(&event);
  if (finished == nullptr || !options_.bundles || options_.artifacts.empty() ||
      !wants_bundle(finished->report))
    return;
  {
    const std::lock_guard lock(mutex_);
    jobs_.push_back({finished->index, finished->report});
    if (!thread_.joinable()) thread_ = std::thread([this] { work(); });
  }
  changed_.notify_one();
}

std::vector<std::string> Recorder::finish() {
  {
    const std::lock_guard lock(mutex_);
    is_over_ = true;
  }
  changed_.notify_one();
  if (thread_.joinable()) thread_.join();
  return std::exchange(problems_, {});
}

void Recorder::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return is_over_ || !jobs_.empty(); });
    if (jobs_.empty()) return;
    const auto job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    record(job);
    lock.lock();
  }
}

std::vector<model::PlatformImage> Recorder::images_of(const plan::Case& planned) const {
  std::vector<model::PlatformImage> images;
  for (const auto& image : started_.platforms) {
    const auto plays = [&image](const config::Platform* platform) { return platform->name == image.name; };
    if (std::any_of(planned.platforms.begin(), planned.platforms.end(), plays)) images.push_back(image);
  }
  return images;
}

config::Config Recorder::config_of(const plan::Case& planned) const {
  auto config = config_;
  std::erase_if(config.platforms, [&planned](const config::Platform& platform) {
    return std::none_of(planned.platforms.begin(), planned.platforms.end(),
                        [&platform](const auto* played) { return played->name == platform.name; });
  });
  return config;
}

Manifest Recorder::manifest_of(const Job& job) const {
  const auto& planned = plan_.cases[job.index];
  const auto& scenario = *planned.scenario;
  Manifest m;
  m.cexec = sources_.version;
  m.recorded_at = now_text();
  m.run = started_.run;
  m.case_id = job.report.id;
  m.uri = scenario.file->uri;
  m.line = scenario.line;
  m.scenario = scenario.name;
  m.combination = planned.combination();
  m.index = job.index;
  m.cases = plan_.cases.size();
  m.options = options_;
  m.images = images_of(planned);
  for (const auto& instance : job.report.instances) {
    RecordedInstance recorded{instance.process.text(),
                              instance.platform.text(),
                              {0, 0, 0},
                              instance.exit_code,
                              instance.oom_killed};
    if (const auto* platform = config_.find_platform(instance.platform)) {
      recorded.limits = options_.limits.apply(platform->limits, scenario.memory);
    }
    m.instances.push_back(std::move(recorded));
  }
  m.ci = sources_.ci;
  m.end = bundle::recorded(job.report);
  for (const auto& attempt : job.report.earlier_attempts)
    m.earlier_attempts.push_back(bundle::recorded(attempt));
  return m;
}

void Recorder::record(const Job& job) {
  const auto& planned = plan_.cases[job.index];
  if (!surroundings_) surroundings_ = sources_.surroundings ? sources_.surroundings() : std::nullopt;
  Secrets secrets(config_.secret);
  Bundle bundle;
  bundle.manifest = manifest_of(job);
  bundle.manifest.surroundings = *surroundings_;
  const auto config = config_of(planned);
  for (const auto& platform : config.platforms) {
    for (const auto& [name, value] : platform.environment) {
      if (!secrets.is_secret(name)) continue;
      secrets.add_value(value);
      bundle.manifest.masked.push_back(name);
    }
  }
  scrub(bundle.manifest.end, secrets);
  for (auto& attempt : bundle.manifest.earlier_attempts) scrub(attempt, secrets);
  const auto image_of = [&bundle](const config::Platform& platform) {
    for (const auto& image : bundle.manifest.images) {
      if (image.name == platform.name) return image.reference;
    }
    return platform.image;
  };
  bundle.files[kConfigFile] = config::to_yaml(
      config, image_of, [&secrets](const std::string& name) { return secrets.is_secret(name); });
  bundle.files[kFeatureFile] = secrets.scrub(*planned.scenario->file->document.source);
  if (!job.report.artifacts.empty()) add_evidence(job.report.artifacts, secrets, bundle.files);
  const auto file = schedule::bundle_path(options_, planned);
  std::string problem;
  if (sources_.save_images && !bundle.manifest.images.empty()) {
    std::set<std::string> ids;
    for (const auto& image : bundle.manifest.images) ids.insert(image.id);
    bundle.images = file.string() + ".images";
    std::error_code error;
    fs::create_directories(file.parent_path(), error);
    problem = sources_.save_images(ids, bundle.images);
  }
  const auto images = bundle.images;
  if (problem.empty()) {
    if (auto written = write_bundle(file, std::move(bundle)); !written) problem = written.error();
  }
  std::error_code error;
  if (!images.empty()) fs::remove(images, error);
  if (problem.empty()) return;
  const std::lock_guard lock(mutex_);
  problems_.push_back(fmt::format("no bundle of {}: {}", job.report.id.text(), problem));
}

}  // namespace executor::bundle
