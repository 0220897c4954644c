// What a run tells while it goes on: the one source of everything that is shown or written about it. It must
// not know who listens.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "executor/model/ids.h"
#include "executor/model/instance_life.h"
#include "executor/model/outcome.h"
#include "executor/model/planned.h"

namespace executor::model {

/// How an instance's life ended.
enum class EndedBy { itself, shutdown, sigterm, sigkill, nothing };

/// How a run came by an image.
enum class Obtained {
  found,   ///< the engine had it
  pulled,  ///< from a registry
  built,   ///< from its folder
  loaded,  ///< from a bundle
};
std::string_view name_of(Obtained obtained);

/// What is known of one instance when its case is over.
struct InstanceReport {
  ProcessName process;
  PlatformName platform;
  std::string image;         ///< reference; empty for a host process
  std::string image_id;      ///< "sha256:…"
  std::string repo_digest;   ///< "name@sha256:…"; empty where no registry has given or taken the image
  std::string architecture;  ///< "linux/amd64"
  Obtained obtained = Obtained::found;
  std::string command;  ///< command line of a host process; empty for a container
  EndedBy ended_by = EndedBy::nothing;
  std::optional<std::int64_t> exit_code;
  bool oom_killed = false;
  std::vector<LogLine> lines;      ///< the last ones of each source, by time
  std::int64_t omitted_bytes = 0;  ///< of its output, beyond what is kept in its file
  Life life;
  MeasuredBy measured_by = MeasuredBy::nothing;
  Usage peak;                   ///< as far as the kernel keeps it, else of what was sampled
  std::vector<Sample> samples;  ///< by time

  [[nodiscard]] std::vector<std::string> tail(LogSource source) const;  ///< its lines from there
};

struct StepReport {
  SourceLocation location;
  std::string keyword;  ///< with its space
  std::string text;
  ProcessName process;
  Outcome outcome;
  milliseconds duration{0};
  milliseconds started{0};  ///< since the case began
};

/// All about one case, once it is over.
struct CaseReport {
  CaseId id;
  std::string feature;
  std::string scenario;
  SourceLocation location;
  std::vector<std::pair<ProcessName, PlatformName>> combination;
  std::vector<std::string> tags;
  Outcome outcome;
  std::optional<std::size_t> culprit_step;     ///< index into steps, where one step decided
  std::optional<ProcessName> culprit_process;  ///< whose fault it is, where it is one's
  std::vector<StepReport> steps;
  std::vector<InstanceReport> instances;  ///< in the order of their first start
  std::vector<std::string> warnings;
  milliseconds duration{0};
  std::vector<CaseReport> earlier_attempts;  ///< where it was tried again, the first attempt first
  std::string artifacts;    ///< folder with the case's logs and transcript; empty if there is none
  std::string rerun;        ///< command line that runs this one case again
  std::string bundle;       ///< file that `cexec replay` takes, once the run is over; empty if there is none
  milliseconds started{0};  ///< since the run began

  /// Passed, but not at the first attempt.
  [[nodiscard]] bool is_flaky() const { return is_passed(outcome) && !earlier_attempts.empty(); }
};

/// The image that a platform's containers are made from, or the command of its host processes.
struct PlatformImage {
  PlatformName name;
  std::string reference;     ///< as in cexec.yaml, or the tag of what was built
  std::string id;            ///< "sha256:…"
  std::string repo_digest;   ///< "name@sha256:…"; empty where no registry has given or taken it
  std::string architecture;  ///< "linux/amd64"
  Obtained obtained = Obtained::found;
  std::string command;  ///< of host processes, which have neither of the former
};

/// Something that takes long before the first case can start: an image is pulled or built.
struct Preparing {
  PlatformName platform;
  std::string text;
  bool is_detail = false;  ///< a line of a build's or pull's own output
};

struct RunStarted {
  RunId run;
  std::string engine;  ///< "Docker Engine 20.10.24 (API 1.41)"; empty if none is used
  std::vector<PlatformImage> platforms;
  std::size_t cases = 0;
  std::string limits;  ///< which limits of host processes are enforced, and how; empty for containers
};

struct CaseStarted {
  CaseId id;
  std::size_t index = 0;  ///< from 0, in the plan's order
};

/// A step of a running case begins.
struct StepStarted {
  std::size_t index = 0;  ///< of the case
  SourceLocation location;
  std::string text;  ///< with its keyword
  ProcessName process;
};

struct CaseFinished {
  std::size_t index = 0;
  CaseReport report;
};

/// What earlier runs, whose cexec is dead, had left in the engine.
struct Swept {
  std::vector<std::string> removed;   ///< names of objects
  std::vector<std::string> failures;  ///< what could not be removed, and why
};

/// The engine does not answer, and is waited for before the next case; or it answers again.
struct EngineAbsence {
  bool is_over = false;
  std::string reason;        ///< why it is taken to be away
  milliseconds patience{0};  ///< how long it is waited for
  milliseconds waited{0};    ///< until it answered, where that is over
};

/// The run could not begin: nothing can be said about any case.
struct RunFailed {
  std::string reason;
  std::string hint;    ///< what to do; may be empty
  std::string output;  ///< lines of a failed build; may be empty
};

/// Something of a run that its end could not remove.
struct LeftBehind {
  std::string what;  ///< "container cexec-0b0f2c0e-3-writer", "process 12 (sh)"
  CaseId case_id;    ///< whose it was; empty where that is not known
};

struct RunFinished {
  RunId run;
  milliseconds duration{0};
  std::optional<std::string>
      stopped_because;  ///< "SIGINT", "--fail-fast after …"; nothing if it went to its end
  /// Objects of the run that are left; nothing: the engine cannot be asked.
  std::optional<std::vector<LeftBehind>> left_behind;
};

using Event = std::variant<RunPlanned, FeatureSource, ScenarioPlanned, Preparing, RunStarted, CaseStarted,
                           StepStarted, CaseFinished, Swept, EngineAbsence, RunFailed, RunFinished>;

/// Takes events, in their order, always on the same thread.
class EventSink {
 public:
  EventSink() = default;
  EventSink(const EventSink&) = delete;
  EventSink& operator=(const EventSink&) = delete;
  virtual ~EventSink() = default;
  virtual void on_event(const Event& event) = 0;
};

}  // namespace executor::model
