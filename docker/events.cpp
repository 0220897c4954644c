// GET /events: what happens in the engine, as it happens.
#include "docker/events.h"

#include "docker/json_parts.h"
#include "docker/json_stream.h"

namespace docker {
namespace {

namespace json = base::json;

EngineEvent event_of(const json::Value& line) {
  EngineEvent event;
  event.type = json::string_or(json::find(&line, "Type"));
  event.action = json::string_or(json::find(&line, "Action"));
  event.actor_id = json::string_or(json::find(&line, "Actor", "ID"));
  event.attributes = map_of(json::find(&line, "Actor", "Attributes"));
  event.time_nanoseconds = json::int_or(json::find(&line, "timeNano"));
  return event;
}

}  // namespace

Result<void> follow_events(const Client& client, const EventsOptions& options,
                           const std::function<bool(const EngineEvent&)>& on_event, const Call& call) {
  Target target("/events");
  if (!options.filters.empty()) target.add("filters", filters_text(options.filters));
  if (!options.since.empty()) target.add("since", options.since);
  if (!options.until.empty()) target.add("until", options.until);
  bool enough = false;
  JsonStream lines([&](const json::Value& line) -> Result<void> {
    if (enough || on_event(event_of(line))) return {};
    enough = true;  // any error ends the transfer; this one is not passed on
    return tl::unexpected(Error{ErrorKind::cancelled, 0, {}, "enough"});
  });
  const auto response = client.send({Method::get, target.text(), {}, {}, {}}, call,
                                    [&](std::string_view bytes) { return lines.feed(bytes); });
  if (enough || response) return {};
  return tl::unexpected(response.error());
}

}  // namespace docker
