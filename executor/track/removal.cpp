// Removing all of a run that the engine shows, for as long as it may show more. It must not need anything of
// the process that made it.
#include "executor/track/removal.h"

#include <algorithm>

#include "base/wait.h"

namespace executor::track {
namespace {

using namespace std::chrono_literals;

/// For one request: an engine under load may take long to remove.
constexpr auto kRequestTime = 60s;
constexpr auto kFirstPause = 20ms;
constexpr auto kLongestPause = 500ms;

docker::Call call_within(const base::Deadline& deadline) {
  return {std::min(base::Deadline::in(kRequestTime), deadline), {}};
}

/// False if some of it could not be removed.
bool remove_once(const docker::Client& client, const std::vector<Object>& objects,
                 const base::Deadline& deadline) {
  bool all = true;
  for (const auto& object : objects)
    all = remove_object(client, object, call_within(deadline)).has_value() && all;
  return all;
}

}  // namespace

docker::Result<std::vector<Object>> remove_run(const docker::Client& client, const model::RunId& run,
                                               base::milliseconds quiet, const base::Deadline& deadline) {
  auto quiet_until = base::Deadline::in(quiet);
  base::milliseconds pause = kFirstPause;
  while (true) {
    auto left = list_objects(client, run, call_within(deadline));
    const bool is_empty = left && left->empty();
    if ((is_empty && quiet_until.passed()) || deadline.passed()) return left;
    if (!is_empty) quiet_until = base::Deadline::in(quiet);
    if (!is_empty && left && remove_once(client, *left, deadline)) continue;
    base::pause_for(pause, {});
    pause = std::min<base::milliseconds>(pause * 2, kLongestPause);
  }
}

}  // namespace executor::track
