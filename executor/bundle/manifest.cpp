// What a bundle says of the case that it holds: manifest.json (docs/bundle.md). It must not know where the
// text comes from: it may be a stranger's.
#include "executor/bundle/manifest.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/json.h"

namespace executor::bundle {
namespace {

namespace json = base::json;

constexpr const char* kFormat = "cexec-bundle";
constexpr std::size_t kMostDepth = 16;
constexpr std::size_t kMostValues = 200'000;
constexpr std::int64_t kLongestTime = std::int64_t{7} * 24 * 3600 * 1000;  // ms
/// What may become of an image by the names in model::name_of(Obtained).
constexpr model::Obtained kObtained[] = {model::Obtained::found, model::Obtained::pulled,
                                         model::Obtained::built, model::Obtained::loaded};

void write_end(json::Writer& out, const RecordedEnd& end) {
  out.begin_object().member("outcome", end.outcome).member("message", end.message);
  if (end.culprit_step) out.member("culpritStep", *end.culprit_step);
  if (!end.culprit_process.empty()) out.member("culpritProcess", end.culprit_process);
  out.member("durationMs", end.duration_ms).key("steps").begin_array();
  for (const auto& step : end.steps) {
    out.begin_object().member("place", step.place).member("text", step.text).member("process", step.process);
    out.member("outcome", step.outcome)
        .member("message", step.message)
        .member("durationMs", step.duration_ms);
    out.end_object();
  }
  out.end_array().end_object();
}

void write_options(json::Writer& out, const schedule::Options& options) {
  out.key("options").begin_object();
  out.member("stepTimeoutMs", options.step_timeout.count())
      .member("startTimeoutMs", options.start_timeout.count());
  if (options.case_timeout) out.member("caseTimeoutMs", options.case_timeout->count());
  out.member("noLimits", options.limits.none);
  if (options.limits.memory) out.member("memory", *options.limits.memory);
  if (options.limits.nano_cpus) out.member("nanoCpus", *options.limits.nano_cpus);
  if (options.limits.pids) out.member("pids", *options.limits.pids);
  out.end_object();
}

void write_images(json::Writer& out, const std::vector<model::PlatformImage>& images) {
  out.key("images").begin_array();
  for (const auto& image : images) {
    out.begin_object().member("platform", image.name.text()).member("reference", image.reference);
    out.member("id", image.id).member("digest", image.repo_digest).member("architecture", image.architecture);
    out.member("obtained", model::name_of(image.obtained)).end_object();
  }
  out.end_array();
}

void write_instances(json::Writer& out, const std::vector<RecordedInstance>& instances) {
  out.key("instances").begin_array();
  for (const auto& instance : instances) {
    out.begin_object().member("process", instance.process).member("platform", instance.platform);
    out.member("memory", instance.limits.memory).member("nanoCpus", instance.limits.nano_cpus);
    out.member("pids", instance.limits.pids);
    if (instance.exit_code) out.member("exitCode", *instance.exit_code);
    out.member("oomKilled", instance.oom_killed).end_object();
  }
  out.end_array();
}

void write_surroundings(json::Writer& out, const Surroundings& s) {
  out.key("surroundings").begin_object();
  out.member("engine", s.engine).member("api", s.api).member("platform", s.platform);
  out.member("operatingSystem", s.operating_system).member("kernel", s.kernel);
  out.member("storageDriver", s.storage_driver).member("cgroup", s.cgroup).member("rootless", s.is_rootless);
  out.member("cpus", s.cpus).member("memory", s.memory).end_object();
}

/// Reads members with a type and a range; remembers the first that is wrong.
class ManifestReader {
 public:
  std::string text(const json::Value* value, std::string_view key, bool may_lack = false) {
    const auto* found = json::find(value, key);
    if (const auto text = json::as_string(found)) {
      // A NUL or a line's end has no place in any of these texts but a message.
      return std::string(*text);
    }
    if (found != nullptr || !may_lack) fail(fmt::format("`{}` is no text", key));
    return {};
  }
  std::int64_t number(const json::Value* value, std::string_view key, std::int64_t least, std::int64_t most) {
    const auto found = json::as_int(json::find(value, key));
    if (found && *found >= least && *found <= most) return *found;
    fail(fmt::format("`{}` is no number from {} to {}", key, least, most));
    return least;
  }
  std::optional<std::int64_t> number_if(const json::Value* value, std::string_view key, std::int64_t least,
                                        std::int64_t most) {
    if (json::find(value, key) == nullptr) return std::nullopt;
    return number(value, key, least, most);
  }
  /// The items of a list; none, and a failure, if it is no list.
  std::vector<const json::Value*> items(const json::Value* value, std::string_view key) {
    std::vector<const json::Value*> items;
    const auto* list = json::find(value, key);
    if (list == nullptr || !list->IsArray()) {
      fail(fmt::format("`{}` is no list", key));
      return items;
    }
    for (const auto& item : list->GetArray()) items.push_back(&item);
    return items;
  }
  void fail(std::string message) {
    if (problem_.empty()) problem_ = std::move(message);
  }
  [[nodiscard]] const std::string& problem() const { return problem_; }

 private:
  std::string problem_;
};

constexpr std::int64_t kMost = std::int64_t{1} << 50U;

RecordedEnd read_end(ManifestReader& reader, const json::Value* value) {
  RecordedEnd end;
  end.outcome = reader.text(value, "outcome");
  end.message = reader.text(value, "message");
  end.culprit_process = reader.text(value, "culpritProcess", true);
  end.duration_ms = reader.number(value, "durationMs", 0, kLongestTime);
  for (const auto* item : reader.items(value, "steps")) {
    end.steps.push_back({reader.text(item, "place"), reader.text(item, "text"), reader.text(item, "process"),
                         reader.text(item, "outcome"), reader.text(item, "message"),
                         reader.number(item, "durationMs", 0, kLongestTime)});
  }
  const auto last = static_cast<std::int64_t>(end.steps.size()) - 1;
  if (const auto culprit = reader.number_if(value, "culpritStep", 0, last)) {
    end.culprit_step = static_cast<std::size_t>(*culprit);
  }
  return end;
}

schedule::Options read_options(ManifestReader& reader, const json::Value* value) {
  using std::chrono::milliseconds;
  schedule::Options options;
  options.step_timeout = milliseconds(reader.number(value, "stepTimeoutMs", 1, kLongestTime));
  options.start_timeout = milliseconds(reader.number(value, "startTimeoutMs", 1, kLongestTime));
  if (const auto limit = reader.number_if(value, "caseTimeoutMs", 1, kLongestTime))
    options.case_timeout = milliseconds(*limit);
  options.limits.none = json::bool_or(json::find(value, "noLimits"));
  options.limits.memory = reader.number_if(value, "memory", std::int64_t{6} << 20U, kMost);
  options.limits.nano_cpus = reader.number_if(value, "nanoCpus", 1, kMost);
  options.limits.pids = reader.number_if(value, "pids", 1, kMost);
  return options;
}

bool is_digest(std::string_view text) {
  return text.starts_with("sha256:") && text.size() == 71 &&
         text.substr(7).find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

model::PlatformImage read_image(ManifestReader& reader, const json::Value* value) {
  model::PlatformImage image{model::PlatformName(reader.text(value, "platform")),
                             reader.text(value, "reference"), reader.text(value, "id"),
                             reader.text(value, "digest", true), reader.text(value, "architecture", true)};
  if (!is_digest(image.id))
    reader.fail(fmt::format("the id of the image of '{}' is not sha256: and 64 digits", image.name.text()));
  const auto at = image.repo_digest.find('@');
  if (!image.repo_digest.empty() &&
      (at == std::string::npos || !is_digest(image.repo_digest.substr(at + 1)))) {
    reader.fail(
        fmt::format("the digest of the image of '{}' is not NAME@sha256: and 64 digits", image.name.text()));
  }
  const auto obtained = reader.text(value, "obtained");
  for (const auto candidate : kObtained) {
    if (model::name_of(candidate) == obtained) image.obtained = candidate;
  }
  return image;
}

RecordedInstance read_instance(ManifestReader& reader, const json::Value* value) {
  RecordedInstance instance;
  instance.process = reader.text(value, "process");
  instance.platform = reader.text(value, "platform");
  instance.limits = {reader.number(value, "memory", 0, kMost), reader.number(value, "nanoCpus", 0, kMost),
                     reader.number(value, "pids", 0, kMost)};
  instance.exit_code = reader.number_if(value, "exitCode", 0, 1'000'000);
  instance.oom_killed = json::bool_or(json::find(value, "oomKilled"));
  return instance;
}

Surroundings read_surroundings(ManifestReader& reader, const json::Value* value) {
  Surroundings s;
  s.engine = reader.text(value, "engine");
  s.api = reader.text(value, "api");
  s.platform = reader.text(value, "platform");
  s.operating_system = reader.text(value, "operatingSystem");
  s.kernel = reader.text(value, "kernel");
  s.storage_driver = reader.text(value, "storageDriver");
  s.cgroup = reader.text(value, "cgroup");
  s.is_rootless = json::bool_or(json::find(value, "rootless"));
  s.cpus = reader.number(value, "cpus", 0, kMost);
  s.memory = reader.number(value, "memory", 0, kMost);
  return s;
}

void read_identity(ManifestReader& reader, const json::Value* root, Manifest& manifest) {
  manifest.cexec = reader.text(root, "cexec");
  manifest.recorded_at = reader.text(root, "recordedAt");
  manifest.run = model::RunId(reader.text(root, "run"));
  manifest.case_id = model::CaseId(reader.text(root, "case"));
  manifest.scenario = reader.text(root, "scenario");
  manifest.uri = reader.text(json::find(root, "feature"), "uri");
  manifest.line =
      static_cast<std::uint32_t>(reader.number(json::find(root, "feature"), "line", 1, 10'000'000));
  for (const auto* item : reader.items(root, "combination")) {
    manifest.combination.emplace_back(reader.text(item, "process"), reader.text(item, "platform"));
  }
  const auto* order = json::find(root, "order");
  manifest.index = static_cast<std::size_t>(reader.number(order, "index", 0, kMost));
  manifest.cases = static_cast<std::size_t>(reader.number(order, "cases", 0, kMost));
  manifest.seed = static_cast<std::uint64_t>(reader.number(order, "seed", 0, INT64_MAX));
}

void read_files(ManifestReader& reader, const json::Value* root, Manifest& manifest) {
  for (const auto* item : reader.items(root, "files")) {
    FileEntry entry{static_cast<std::uint64_t>(reader.number(item, "size", 0, kMost)),
                    reader.text(item, "sha256")};
    if (!manifest.files.emplace(reader.text(item, "path"), std::move(entry)).second) {
      reader.fail("`files` names a file twice");
    }
  }
}

std::string too_much(std::string_view text) {
  switch (json::excess_of(text, kMostDepth, kMostValues)) {
    case json::Excess::none: return {};
    case json::Excess::depth: return fmt::format("it is nested deeper than {} levels", kMostDepth);
    case json::Excess::values: return fmt::format("it holds more than {} values", kMostValues);
  }
  return {};
}

}  // namespace

RecordedEnd recorded(const model::CaseReport& report) {
  RecordedEnd end;
  end.outcome = model::name_of(report.outcome);
  end.message = model::message_of(report.outcome);
  end.culprit_step = report.culprit_step;
  if (report.culprit_process) end.culprit_process = report.culprit_process->text();
  end.duration_ms = report.duration.count();
  for (const auto& step : report.steps) {
    end.steps.push_back({step.location.text(), step.keyword + step.text, step.process.text(),
                         std::string(model::name_of(step.outcome)), model::message_of(step.outcome),
                         step.duration.count()});
  }
  return end;
}

std::string to_json(const Manifest& m) {
  json::Writer out;
  out.begin_object().member("format", kFormat).member("version", kFormatVersion);
  out.member("cexec", m.cexec).member("recordedAt", m.recorded_at).member("run", m.run.text());
  out.member("case", m.case_id.text()).member("scenario", m.scenario);
  out.key("feature").begin_object().member("uri", m.uri).member("line", m.line).end_object();
  out.key("combination").begin_array();
  for (const auto& [process, platform] : m.combination) {
    out.begin_object().member("process", process.text()).member("platform", platform.text()).end_object();
  }
  out.end_array();
  out.key("order")
      .begin_object()
      .member("index", m.index)
      .member("cases", m.cases)
      .member("seed", m.seed)
      .end_object();
  write_options(out, m.options);
  write_images(out, m.images);
  write_instances(out, m.instances);
  if (m.surroundings) write_surroundings(out, *m.surroundings);
  out.key("masked").begin_array();
  for (const auto& name : m.masked) out.value(name);
  out.end_array().key("ci").begin_object();
  for (const auto& [name, value] : m.ci) out.member(name, value);
  out.end_object().key("end");
  write_end(out, m.end);
  out.key("earlierAttempts").begin_array();
  for (const auto& end : m.earlier_attempts) write_end(out, end);
  out.end_array().key("files").begin_array();
  for (const auto& [path, entry] : m.files) {
    out.begin_object()
        .member("path", path)
        .member("size", entry.size)
        .member("sha256", entry.sha256)
        .end_object();
  }
  out.end_array().end_object();
  return out.take();
}

tl::expected<Manifest, std::string> parse_manifest(std::string_view text) {
  if (auto excess = too_much(text); !excess.empty()) return tl::unexpected(std::move(excess));
  const auto document = json::parse(text);
  if (!document) {
    return tl::unexpected(
        fmt::format("it is not JSON (byte {}: {})", document.error().offset, document.error().message));
  }
  const json::Value* root = &*document;
  if (json::string_or(json::find(root, "format")) != kFormat)
    return tl::unexpected(std::string("it is of no cexec bundle"));
  const auto version = json::int_or(json::find(root, "version"));
  if (version != kFormatVersion) {
    return tl::unexpected(fmt::format("it has version {}, and this cexec reads {}", version, kFormatVersion));
  }
  ManifestReader reader;
  Manifest manifest;
  read_identity(reader, root, manifest);
  manifest.options = read_options(reader, json::find(root, "options"));
  for (const auto* item : reader.items(root, "images")) manifest.images.push_back(read_image(reader, item));
  for (const auto* item : reader.items(root, "instances"))
    manifest.instances.push_back(read_instance(reader, item));
  if (const auto* s = json::find(root, "surroundings")) manifest.surroundings = read_surroundings(reader, s);
  for (const auto* item : reader.items(root, "masked")) manifest.masked.push_back(json::string_or(item));
  if (const auto* ci = json::find(root, "ci"); ci != nullptr && ci->IsObject()) {
    for (const auto& member : ci->GetObject())
      manifest.ci.emplace(member.name.GetString(), json::string_or(&member.value));
  }
  manifest.end = read_end(reader, json::find(root, "end"));
  for (const auto* item : reader.items(root, "earlierAttempts"))
    manifest.earlier_attempts.push_back(read_end(reader, item));
  read_files(reader, root, manifest);
  if (!reader.problem().empty()) return tl::unexpected(reader.problem());
  return manifest;
}

}  // namespace executor::bundle
