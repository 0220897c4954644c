// Waiting for a descriptor with a deadline and a stop token. It must not know what the descriptor carries.
#pragma once

#include <poll.h>

#include <span>
#include <stop_token>

#include "base/deadline.h"

namespace base {

/// How many descriptors a thread can wait for at once.
constexpr std::size_t kMostAtOnce = 7;

enum class Waited { ready, timed_out, stopped };

/// Blocks until `fd` shows one of the poll(2) `events` (or an error or hang-up, which a following read or
/// write will tell), until `deadline`, or until `stop` is requested, whichever is first.
Waited wait_for(int fd, short events, const Deadline& deadline, const std::stop_token& stop);

/// The same for several descriptors, each with its events; `revents` of each tells what it shows.
Waited wait_for_any(std::span<pollfd> fds, const Deadline& deadline, const std::stop_token& stop);

/// Blocks for `span`, or until `stop` is requested. True if the whole span went by.
bool pause_for(milliseconds span, const std::stop_token& stop);

}  // namespace base
