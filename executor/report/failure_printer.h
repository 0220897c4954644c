// A case's evidence for people, line by line. It must not know when it is printed.
#pragma once

#include <ostream>
#include <string>
#include <string_view>

#include "executor/model/event.h"

namespace executor::report {

/// Prints to a stream that must outlive it; all texts are cleaned.
class FailurePrinter {
 public:
  FailurePrinter(std::ostream& out, bool color, bool github_actions)
      : out_(out), color_(color), github_actions_(github_actions) {}

  /// Scenario, step, message, instances with their last lines, and how to run it again.
  void print_evidence(const model::CaseReport& report, bool with_steps);
  void print_steps(const model::CaseReport& report);
  /// Every line behind a bar: nothing that a container wrote stands at the start of a line.
  void print_block(std::string_view label, std::string_view text);
  void print_label(std::string_view label, std::string_view text);

  [[nodiscard]] std::string clean(std::string_view line) const;
  [[nodiscard]] std::string colored(const model::Outcome& outcome, std::string_view text) const;
  [[nodiscard]] std::string red(std::string_view text) const;
  [[nodiscard]] std::string dim(std::string_view text) const;

 private:
  void print_outcome(const model::Outcome& outcome);
  void print_instance(const model::InstanceReport& instance);

  std::ostream& out_;
  const bool color_;
  const bool github_actions_;
};

}  // namespace executor::report
