// What a run prints: each case as it ends, failures with their evidence, and the two last lines that scripts
// read. Knows events only.
#pragma once

#include <cstddef>
#include <map>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "executor/model/event.h"

namespace executor::report {

struct ConsoleOptions {
  enum class Detail { quiet, normal, verbose };
  Detail detail = Detail::normal;
  bool color = false;
  bool github_actions = false;  ///< the output is read by a GitHub Actions runner, which obeys commands in it
  bool show_tags = false;       ///< below each case
};

/// Prints lines only, so that it reads the same on a terminal and in a file. Whatever comes from a container
/// or a feature file is cleaned: no control sequence, no bidirectional trick and no workflow command gets
/// through.
class Console : public model::EventSink {
 public:
  /// `out` must outlive it.
  Console(std::ostream& out, ConsoleOptions options) : out_(out), options_(options) {}

  void on_event(const model::Event& event) override;

 private:
  void print(const model::Preparing& event);
  void print(const model::RunStarted& event);
  void print(const model::CaseStarted&) {}
  void print(const model::StepStarted&) {}
  void print(const model::CaseFinished& event);
  void print(const model::Swept& event);
  void print(const model::EngineAbsence& event);
  void print(const model::RunFailed& event);
  void print(const model::RunFinished& event);

  void print_failure(const model::CaseReport& report);
  void print_steps(const model::CaseReport& report);
  void print_instance(const model::InstanceReport& instance);
  void print_recap();
  void print_block(std::string_view label, std::string_view text);
  void print_label(std::string_view label, std::string_view text);
  [[nodiscard]] std::string clean(std::string_view line) const;
  [[nodiscard]] std::string colored(const model::Outcome& outcome, std::string_view text) const;
  [[nodiscard]] std::string dim(std::string_view text) const;

  std::ostream& out_;
  const ConsoleOptions options_;
  std::map<model::Category, std::size_t> counts_;
  std::size_t cases_ = 0;
  std::vector<std::pair<model::Outcome, std::string>> red_;  ///< and the case's id
};

}  // namespace executor::report
