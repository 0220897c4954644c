// The recorded messages of a case, by process. The text may be a stranger's. It must not know what a message
// means.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "executor/model/ids.h"

namespace executor::replay {

/// A request, and the reply to it.
struct Exchange {
  std::string method;
  std::optional<std::string> result;  ///< `"result":…` or `"error":…` of the reply; nothing: there was none
};

/// Reads a transcript (docs/results.md). The error says what is wrong, with its line.
tl::expected<std::map<model::ProcessName, std::vector<Exchange>>, std::string> read_transcript(
    std::string_view text);

}  // namespace executor::replay
