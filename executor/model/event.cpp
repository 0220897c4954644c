// What a run tells while it goes on: the one source of everything that is shown or written about it. It must
// not know who listens.
#include "executor/model/event.h"

#include <fmt/format.h>

namespace executor::model {

std::string SourceLocation::text() const {
  return column > 0 ? fmt::format("{}:{}:{}", uri, line, column) : fmt::format("{}:{}", uri, line);
}

std::string_view name_of(Obtained obtained) {
  switch (obtained) {
    case Obtained::found: return "found";
    case Obtained::pulled: return "pulled";
    case Obtained::built: return "built";
    case Obtained::loaded: return "loaded";
  }
  return "found";
}

std::vector<std::string> InstanceReport::tail(LogSource source) const {
  std::vector<std::string> texts;
  for (const auto& line : lines) {
    if (line.source == source) texts.push_back(line.text);
  }
  return texts;
}

}  // namespace executor::model
