// What is identical and what differs between the recorded surroundings of a case and these here, as one
// table. Pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "executor/bundle/manifest.h"
#include "executor/replay/recorded_images.h"

namespace executor::replay {

struct Row {
  std::string name;
  std::string recorded;
  std::string here;
  bool is_same = true;
};

/// Engine, kernel, cgroup, CPUs and the like; images by their ids; variables whose values were masked
/// (`given`: those that have one here).
std::vector<Row> differences(const bundle::Manifest& manifest,
                             const std::optional<bundle::Surroundings>& here,
                             const std::map<model::PlatformName, RecordedImage>& images,
                             const std::string& cexec, const std::vector<std::string>& given);

}  // namespace executor::replay
