// Feature files on disk: which ones a command line or a config means, and their parsed content.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "executor/config/config.h"
#include "executor/plan/plan.h"

namespace executor::cli {

struct FeatureSet {
  std::vector<plan::FeatureFile> files;
  std::vector<plan::PathSelection> selection;  ///< empty: everything in the files
};

/// Finds and parses the files of `paths` (PATH or PATH:LINE, relative to `here`), or of the config if there
/// are none. A folder stands for all *.feature below it, in the order of their names. On failure: a message
/// for each thing that is wrong, with its place.
tl::expected<FeatureSet, std::vector<std::string>> load_features(const std::vector<std::string>& paths,
                                                                 const config::Config& config,
                                                                 const std::filesystem::path& here);

}  // namespace executor::cli
