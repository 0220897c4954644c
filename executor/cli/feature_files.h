// Feature files on disk: which ones a command line or a config means, and their parsed content.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "executor/config/config.h"
#include "executor/gherkin/parser.h"
#include "executor/plan/plan.h"

namespace executor::cli {

struct FeatureSet {
  std::vector<plan::FeatureFile> files;
  std::vector<plan::PathSelection> selection;  ///< empty: everything in the files
  std::vector<std::string> warnings;           ///< with their places
};

/// A file as it was read. What was no UTF-8 is U+FFFD now.
struct FeatureText {
  std::string text;
  std::optional<gherkin::Location> broken;  ///< where the first such thing stood
};

/// Blocks until the file is read. The error is a message that names it.
tl::expected<FeatureText, std::string> read_feature_file(const std::filesystem::path& path);

/// "features/x.feature:3:5: expected … but found …"
std::string place_and_explanation(const std::string& uri, const gherkin::ParseError& error);

/// Which files a command is about.
struct FeatureRequest {
  std::vector<std::string>
      paths;  ///< PATH, PATH:LINE, PATH:LINE:COLUMN or a pattern with `*`, `?`, `[…]` and `**`
  std::vector<std::string> uris;  ///< relative to the config's folder; of cases named by their ids
  std::filesystem::path here;     ///< what the paths are relative to
  /// What a path that is not there may have been meant as; none: commands are not spoken of.
  std::vector<std::string> commands = {};
};

/// Finds and parses the files of the request, or of the config if it names none. A folder stands for all
/// *.feature below it, in the order of their names; a pattern that matches nothing is a warning. On failure:
/// a message for each thing that is wrong, with its place.
tl::expected<FeatureSet, std::vector<std::string>> load_features(const FeatureRequest& request,
                                                                 const config::Config& config);

}  // namespace executor::cli
