// A run of misbehaving.feature, by the names of its scenarios.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/support/cexec.h"

namespace tests {

/// Name of the scenario that each line begins.
std::map<int, std::string> scenario_names();

/// Runs cexec in the folder of misbehaving.feature.
Finished run_misbehaving(std::vector<std::string> words);

class MisbehavingRun {
 public:
  explicit MisbehavingRun(std::vector<std::string> words);

  [[nodiscard]] const Finished& finished() const { return finished_; }
  [[nodiscard]] const std::map<std::string, PrintedCase>& cases() const { return cases_; }
  /// That the case of that scenario had that outcome, and that `text` is printed about it.
  void expect(const std::string& name, const std::string& outcome, const std::string& text = {}) const;

 private:
  Finished finished_;
  std::map<std::string, PrintedCase> cases_;
};

}  // namespace tests
