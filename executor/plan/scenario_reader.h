// One pickle → a scenario with every step and tag read and checked. It must not know combinations.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "executor/plan/plan.h"
#include "executor/plan/tags.h"

namespace executor::plan {

/// Reads the pickles of a plan, one after the other. The config and the lists must outlive it.
class ScenarioReader {
 public:
  ScenarioReader(const config::Config& config, std::vector<Problem>& errors, std::vector<Problem>& warnings)
      : config_(config), errors_(errors), warnings_(warnings) {}

  /// What its tags say of platforms goes to `tags`. What is wrong or odd is added to the lists, once for each
  /// place: a step of a background stands in many pickles.
  std::unique_ptr<Scenario> read(const FeatureFile& file, const gherkin::Pickle& pickle, PlatformTags& tags);

 private:
  void add_step(Scenario& scenario, const gherkin::PickleStep& source);
  void warn_of_lost_steps(const Scenario& scenario, std::string_view description);
  void check_host_names(const Scenario& scenario);
  void fail(const Scenario& scenario, gherkin::Location place, std::string message);
  void tell(std::vector<Problem>& list, Problem problem);

  const config::Config& config_;
  std::vector<Problem>& errors_;
  std::vector<Problem>& warnings_;
  std::set<std::string> told_;                    ///< errors and warnings, by place and message
  std::set<const gherkin::Scenario*> described_;  ///< looked at: an outline has many pickles
};

}  // namespace executor::plan
