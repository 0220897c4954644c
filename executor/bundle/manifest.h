// What a bundle says of the case that it holds: manifest.json (docs/bundle.md). It must not know where the
// text comes from: it may be a stranger's.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "executor/config/config.h"
#include "executor/model/event.h"
#include "executor/schedule/options.h"

namespace executor::bundle {

inline constexpr int kFormatVersion = 1;

/// The engine and the machine that it runs on, as far as a result may depend on them.
struct Surroundings {
  std::string engine;  ///< "Docker Engine 20.10.24"
  std::string api;
  std::string platform;  ///< "linux/amd64"
  std::string operating_system;
  std::string kernel;
  std::string storage_driver;
  std::string cgroup;  ///< "version 1, cgroupfs"
  bool is_rootless = false;
  std::int64_t cpus = 0;
  std::int64_t memory = 0;  ///< bytes
};

struct RecordedStep {
  std::string place;  ///< "features/frames.feature:12:5"
  std::string text;   ///< with its keyword
  std::string process;
  std::string outcome;  ///< as model::name_of
  std::string message;
  std::int64_t duration_ms = 0;
};

/// How one attempt ended.
struct RecordedEnd {
  std::string outcome;
  std::string message;
  std::optional<std::size_t> culprit_step;
  std::string culprit_process;
  std::vector<RecordedStep> steps;
  std::int64_t duration_ms = 0;
};

struct RecordedInstance {
  std::string process;
  std::string platform;
  config::Limits limits;
  std::optional<std::int64_t> exit_code;
  bool oom_killed = false;
};

/// One file of the bundle, as its writer saw it.
struct FileEntry {
  std::uint64_t size = 0;
  std::string sha256;
};

struct Manifest {
  std::string cexec;        ///< version that wrote it
  std::string recorded_at;  ///< RFC 3339
  model::RunId run;
  model::CaseId case_id;
  std::string uri;         ///< of the feature
  std::uint32_t line = 0;  ///< of the scenario, or the row of its examples
  std::string scenario;
  std::vector<std::pair<model::ProcessName, model::PlatformName>> combination;
  std::size_t index = 0;      ///< of the case, in the order of the run
  std::size_t cases = 0;      ///< of the run
  std::uint64_t seed = 0;     ///< of the run's order; 0: the order of the files
  schedule::Options options;  ///< timeouts and limits only
  std::vector<model::PlatformImage> images;
  std::vector<RecordedInstance> instances;
  std::optional<Surroundings> surroundings;  ///< nothing: the engine did not say
  std::vector<std::string> masked;           ///< variables whose values are left out
  std::map<std::string, std::string> ci;     ///< repository, commit, run and the like
  RecordedEnd end;
  std::vector<RecordedEnd> earlier_attempts;
  std::map<std::string, FileEntry> files;  ///< all but the manifest, by their paths in the bundle
};

RecordedEnd recorded(const model::CaseReport& report);

std::string to_json(const Manifest& manifest);
/// Checks everything that is relied on later. The error says what is wrong.
tl::expected<Manifest, std::string> parse_manifest(std::string_view json);

}  // namespace executor::bundle
