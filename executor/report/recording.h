// What was recorded of one run or several, merged into one result. The cases' reports stay in their files
// until they are asked for, so that memory holds what is known of all cases in short only.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "executor/model/event.h"

namespace executor::report {

/// One run.
struct RecordedRun {
  model::RunPlanned planned;
  std::optional<model::RunStarted> started;
  std::optional<model::RunFailed> failed;
  std::optional<model::RunFinished> finished;  ///< nothing: it failed, or was killed
  std::string file;
  std::chrono::milliseconds last{0};  ///< when its last event was told, since 1970-01-01 UTC
};

/// One case, in short.
struct RecordedCase {
  model::CaseId id;
  std::size_t scenario = 0;                    ///< index into the recording's
  std::vector<model::PlatformName> platforms;  ///< one for each process of the scenario
  model::Category category = model::Category::could_not_run;
  bool is_over = false;  ///< else it was not begun, or its end was not seen
  bool is_flaky = false;
  std::chrono::milliseconds duration{0};
};

/// How many cases there are of each kind.
struct Totals {
  std::size_t passed = 0;
  std::size_t flaky = 0;  ///< of those that passed
  std::size_t failed = 0;
  std::size_t skipped = 0;
  std::size_t could_not_run = 0;
  std::size_t not_over = 0;  ///< of those that could not run: the run's end was also theirs
};

class Recording {
 public:
  /// Reads the files once, in order. Where a case is in several runs, the result of the one that began last
  /// counts, and earlier ones that were red become its earlier attempts. A last line that is not whole, and
  /// others that are none, are skipped and told by `warnings`. The error names the file.
  static tl::expected<Recording, std::string> open(const std::vector<std::filesystem::path>& files);

  [[nodiscard]] const std::vector<RecordedRun>& runs() const { return runs_; }  ///< by their begin
  [[nodiscard]] const std::map<std::string, std::string>& sources() const { return sources_; }  ///< by uri
  /// Without their lists of cases. Of one run in the plan's order, of several by their places.
  [[nodiscard]] const std::vector<model::ScenarioPlanned>& scenarios() const { return scenarios_; }
  [[nodiscard]] const std::vector<RecordedCase>& cases() const { return cases_; }  ///< by their scenarios
  [[nodiscard]] const std::vector<std::string>& warnings() const { return warnings_; }
  [[nodiscard]] const Totals& totals() const { return totals_; }
  /// From the first begin to the last end, as far as a run was going on.
  [[nodiscard]] std::chrono::milliseconds duration() const;
  /// What ended the last run, if it is not to be taken for a whole one; empty if it is.
  [[nodiscard]] std::string stopped_because() const;
  /// What the runs left behind; nothing: one of them did not live to ask.
  [[nodiscard]] std::optional<std::vector<model::LeftBehind>> left_behind() const;
  /// Platforms of all runs, each once.
  [[nodiscard]] std::vector<model::PlatformImage> platforms() const;

  /// Reads a case's report from its file. One that was not over says so in its outcome.
  [[nodiscard]] model::CaseReport report(std::size_t index) const;

 private:
  friend class Recorder;

  /// Where a report stands.
  struct Place {
    std::size_t file = 0;
    std::int64_t offset = 0;
    std::size_t length = 0;
  };
  struct Findings {
    std::optional<Place> last;
    std::vector<Place> earlier;
    std::size_t run = 0;                        ///< the last that had it in its plan
    std::optional<model::StepStarted> running;  ///< the step that was running when the events end
    bool was_begun = false;
  };

  [[nodiscard]] model::CaseReport read(const Place& place) const;
  [[nodiscard]] model::CaseReport not_over(std::size_t index) const;

  std::vector<std::filesystem::path> files_;
  std::vector<RecordedRun> runs_;
  std::map<std::string, std::string> sources_;
  std::vector<model::ScenarioPlanned> scenarios_;
  std::vector<RecordedCase> cases_;
  std::vector<Findings> findings_;  ///< of each case
  std::vector<std::string> warnings_;
  Totals totals_;
};

/// Tells a recording again, as one run, in the order of its cases.
void replay(const Recording& recording, model::EventSink& sink);

}  // namespace executor::report
