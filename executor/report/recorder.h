// Reads event files into a recording. It must not know what is made of it.
#pragma once

#include <string>
#include <unordered_map>
#include <utility>

#include "executor/report/event_json.h"
#include "executor/report/line_file.h"
#include "executor/report/recording.h"

namespace executor::report {

/// Fills one recording; used up by `finish`.
class Recorder {
 public:
  explicit Recorder(std::vector<std::filesystem::path> files);

  /// The error names the file.
  tl::expected<void, std::string> read_all();
  Recording finish() &&;

 private:
  tl::expected<void, std::string> read_file(std::size_t file);
  void take_line(const FileLine& line);
  void take(const model::Event& event, const Recording::Place& place);
  void on(const model::RunPlanned& event);
  void on(const model::ScenarioPlanned& event);
  void on(const model::CaseStarted& event);
  void on(const model::StepStarted& event);
  void on(const model::CaseFinished& event, const Recording::Place& place);

  RecordedRun& run();
  std::size_t scenario_at(model::ScenarioPlanned&& scenario);
  /// The case's index; it is added if it is new.
  std::size_t case_at(const model::CaseId& id, std::size_t scenario,
                      std::vector<model::PlatformName> platforms);
  void sort_by_place();
  void count();

  Recording result_;
  std::unordered_map<std::string, std::size_t> case_index_;      ///< by id
  std::unordered_map<std::string, std::size_t> scenario_index_;  ///< by place
  std::unordered_map<std::size_t, std::size_t> in_run_;          ///< index in the run's plan → ours
  std::size_t file_ = 0;
  bool begins_run_ = true;  ///< the next event belongs to a run that is not known yet
  std::size_t events_in_file_ = 0;
  std::string fatal_;
};

}  // namespace executor::report
