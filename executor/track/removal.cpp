// Removing what runs made: many objects at a time, and all of a run for as long as the engine may show more.
// It must not need anything of the process that made it.
#include "executor/track/removal.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "base/wait.h"

namespace executor::track {
namespace {

using namespace std::chrono_literals;

/// For one request: an engine under load may take long to remove.
constexpr auto kRequestTime = 60s;
constexpr auto kFirstRetry = 20ms;
constexpr auto kLongestRetry = 500ms;

docker::Call call_within(const base::Deadline& deadline) {
  return {std::min(base::Deadline::in(kRequestTime), deadline), {}};
}

/// More at a time is no faster on any engine that was measured.
constexpr std::size_t kRemovers = 8;

using Begin = std::vector<Object>::const_iterator;

/// Removes the objects of one kind; why each could not be removed, empty where it was.
std::vector<std::string> remove_together(const docker::Client& client, Begin begin, Begin end,
                                         const docker::Call& call) {
  std::vector<std::string> failures(static_cast<std::size_t>(end - begin));
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t i = next++; i < failures.size(); i = next++) {
      const auto done = remove_object(client, *(begin + static_cast<std::ptrdiff_t>(i)), call);
      if (!done) failures[i] = done.error().message;
    }
  };
  std::vector<std::jthread> others;
  while (others.size() + 1 < std::min(kRemovers, failures.size())) others.emplace_back(work);
  work();
  others.clear();
  return failures;
}

}  // namespace

Removed remove_objects(const docker::Client& client, const std::vector<Object>& objects,
                       const docker::Call& call) {
  Removed removed;
  for (auto begin = objects.begin(); begin != objects.end();) {
    const auto end = std::find_if(begin, objects.end(), [&](const auto& o) { return o.kind != begin->kind; });
    const auto failures = remove_together(client, begin, end, call);
    for (std::size_t i = 0; begin != end; ++begin, ++i) {
      if (failures[i].empty()) {
        removed.names.push_back(begin->name);
      } else {
        removed.failures.push_back(fmt::format("{}: {}", begin->name, failures[i]));
      }
    }
  }
  return removed;
}

docker::Result<std::vector<Object>> remove_run(const docker::Client& client, const model::RunId& run,
                                               base::milliseconds quiet, const base::Deadline& deadline) {
  auto quiet_until = base::Deadline::in(quiet);
  base::milliseconds pause = kFirstRetry;
  while (true) {
    auto left = list_objects(client, run, call_within(deadline));
    const bool is_empty = left && left->empty();
    if ((is_empty && quiet_until.passed()) || deadline.passed()) return left;
    if (!is_empty) quiet_until = base::Deadline::in(quiet);
    if (!is_empty && left && remove_objects(client, *left, call_within(deadline)).failures.empty()) continue;
    base::pause_for(pause, {});
    pause = std::min<base::milliseconds>(pause * 2, kLongestRetry);
  }
}

}  // namespace executor::track
