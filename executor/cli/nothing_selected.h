// Why a selection chose nothing, and what may have been meant. It must not know where messages go.
#pragma once

#include <string>
#include <vector>

#include "executor/plan/plan.h"
#include "executor/plan/selection.h"

namespace executor::cli {

/// A message for each tag that the selection names and no scenario of the files has, with the nearest one.
std::vector<std::string> unknown_tags(const plan::Selection& selection,
                                      const std::vector<plan::FeatureFile>& files);

/// What left no case: the first wish that did, and how many scenarios or cases there were before it.
std::vector<std::string> explain_nothing(const plan::Selection& selection,
                                         const std::vector<plan::FeatureFile>& files, const plan::Plan& plan);

}  // namespace executor::cli
