// What a scenario's tags ask for. It must not know the steps.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "executor/plan/plan.h"

namespace executor::plan {

/// "slow" of "@slow" and of "@slow:why".
std::string_view key_of(std::string_view tag);

/// Tags that choose platforms, to be resolved against the config.
struct PlatformTags {
  std::vector<std::vector<std::string>> every;                         ///< @platform: each list must hold
  std::vector<std::pair<ProcessName, std::vector<std::string>>> each;  ///< @writer:python,cpp
};

/// Takes every tag of `pickle` into `scenario` (whose processes are known) and `platforms`. Of a tag that
/// stands several times with a value, the most specific one counts. Problems go to `errors`; a tag that looks
/// misspelt goes to `warnings`.
void read_tags(const gherkin::Pickle& pickle, const config::Config& config, Scenario& scenario,
               PlatformTags& platforms, std::vector<Problem>& errors, std::vector<Problem>& warnings);

}  // namespace executor::plan
