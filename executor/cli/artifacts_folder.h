// The folder that a run leaves its record, logs and bundles in, empty of those of the run before. It must not
// know what is written there.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <thread>

#include <tl/expected.hpp>

#include "executor/model/ids.h"

namespace executor::cli {

/// Made for one run. What an earlier run left in the folder is moved aside at once and removed on a thread: a
/// thousand cases' files take a while. One thread uses it.
class ArtifactsFolder {
 public:
  /// Makes the folder if there is none. Only where an earlier run of cexec has left its mark anything is
  /// removed: `cases`, `bundles`, reports of their usual names, and what a killed run had moved aside. The
  /// error is a message that begins with the path.
  static tl::expected<std::unique_ptr<ArtifactsFolder>, std::string> prepare(std::filesystem::path folder,
                                                                             const model::RunId& run);
  /// Waits for the removal.
  ~ArtifactsFolder() = default;
  ArtifactsFolder(const ArtifactsFolder&) = delete;
  ArtifactsFolder& operator=(const ArtifactsFolder&) = delete;

  /// Waits for the removal; a message if something is still there, else empty.
  std::string finish();

 private:
  explicit ArtifactsFolder(std::filesystem::path folder) : folder_(std::move(folder)) {}
  std::string make(const model::RunId& run);
  std::error_code move_aside(const model::RunId& run);
  void remove_what_was_moved();

  const std::filesystem::path folder_;
  std::string problem_;   // the remover's, until it has ended
  std::jthread remover_;  // last: it uses the others
};

}  // namespace executor::cli
