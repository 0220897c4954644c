// One scenario × the platforms: the assignments that are to be run. It must not know the steps.
#pragma once

#include <map>
#include <utility>
#include <vector>

#include "executor/plan/allowed_rows.h"
#include "executor/plan/plan.h"
#include "executor/plan/tags.h"

namespace executor::plan {

/// Combines processes and platforms as the config, the scenario's tags and the selection ask. All that it is
/// given must outlive it.
class Matrix {
 public:
  Matrix(const config::Config& config, const Selection& selection);

  /// The cases of one scenario, the first process's platform changing slowest, platforms in the config's
  /// order. A scenario without processes has one case.
  std::vector<Case> cases_of(const Scenario& scenario, const PlatformTags& tags);

  /// The one case with this combination, whichever way the rest is combined. The error says why there is
  /// none.
  tl::expected<Case, std::string> case_of(const Scenario& scenario, const PlatformTags& tags,
                                          const WantedCase& wanted) const;

 private:
  using Platforms = std::vector<const config::Platform*>;
  using Choices = std::vector<Platforms>;  ///< for each process, what it may be played by

  [[nodiscard]] Platforms choices_for(const ProcessName& process, const PlatformTags& tags) const;
  [[nodiscard]] Choices choices_of(const Scenario& scenario, const PlatformTags& tags) const;
  [[nodiscard]] bool is_excluded(const Case& candidate) const;
  [[nodiscard]] std::vector<Case> all(const Scenario& scenario, const Choices& choices) const;
  [[nodiscard]] std::vector<Case> same(const Scenario& scenario, const Choices& choices) const;
  std::vector<Case> covering(const Scenario& scenario, const Choices& choices);
  [[nodiscard]] std::vector<Forbidden> forbidden(const Scenario& scenario, const Choices& choices) const;

  const config::Config& config_;
  const Selection& selection_;
  const config::Combine combine_;
  /// Scenarios whose processes and choices are alike have the same covering rows.
  std::map<std::pair<std::vector<ProcessName>, Choices>, std::vector<Row>> covered_;
};

}  // namespace executor::plan
