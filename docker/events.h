// GET /events: what happens in the engine, as it happens.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "docker/client.h"

namespace docker {

struct EngineEvent {
  std::string type;                               ///< "container", "network", "volume", "image"
  std::string action;                             ///< "create", "start", "die", "oom", "destroy", …
  std::string actor_id;                           ///< id, or name for volumes
  std::map<std::string, std::string> attributes;  ///< labels among them
  std::int64_t time_nanoseconds = 0;              ///< since 1970, on the engine's clock
};

struct EventsOptions {
  std::map<std::string, std::vector<std::string>> filters;  ///< {"type":["container"],"label":["a=b"]}
  std::string since;                                        ///< Unix time; empty: from now on
  std::string until;                                        ///< Unix time; empty: for ever
};

/// Calls `on_event` for each event, on the calling thread, until the engine ends the stream (`until`), it
/// breaks, the call ends (errors timed_out or cancelled), or `on_event` returns false (success).
Result<void> follow_events(const Client& client, const EventsOptions& options,
                           const std::function<bool(const EngineEvent&)>& on_event, const Call& call);

}  // namespace docker
