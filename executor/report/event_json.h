// Events as JSON, one object a line, and back: docs/events.md. It must not know where the lines are kept.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "base/json.h"
#include "executor/model/event.h"

namespace executor::report {

/// Of the form of the lines. It changes where a reader of an older one would be misled; a member that is new
/// does not change it.
inline constexpr int kEventsVersion = 1;

/// The event's line, without its end. `at` is when it was told, since 1970-01-01 UTC. The first event of a
/// run also says the form's name and version.
std::string to_json(const model::Event& event, std::chrono::milliseconds at);

/// One line, read.
struct ReadEvent {
  std::chrono::milliseconds at{0};
  std::optional<model::Event> event;  ///< nothing: of a kind that this version does not know
};

/// Reads what `to_json` wrote; members that it does not know are ignored, and missing ones are as in a new
/// event. The error says what is wrong: no JSON, no event, or a version above this one's.
tl::expected<ReadEvent, std::string> read_event(std::string_view line);

/// Puts a case's report into `out`, as it stands in a line.
void write_case(base::json::Writer& out, const model::CaseReport& report);
/// The same for an outcome: an object whose member `is` names it.
void write_outcome(base::json::Writer& out, const model::Outcome& outcome);

}  // namespace executor::report
