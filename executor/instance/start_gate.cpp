// How many containers may be on their way to their start at a time. It must not know what they are.
#include "executor/instance/start_gate.h"

#include <algorithm>

namespace executor::instance {
namespace {

/// Starts are noisy: so many are measured before anything is concluded.
constexpr std::size_t kStartsMeasured = 16;
/// Less than this is noise, too.
constexpr double kClearlyWorse = 0.95;

}  // namespace

void ClimbingLimit::learn(double rate) {
  if (rate < last_rate_ * kClearlyWorse) is_growing_ = !is_growing_;
  last_rate_ = rate;
  if (value_ == most_) is_growing_ = false;
  if (value_ == least_) is_growing_ = true;
  value_ = is_growing_ ? std::min(value_ + 1, most_) : std::max(value_ - 1, least_);
}

void StartGate::know_cpus(std::size_t cpus) {
  const auto two_at_least = std::max<std::size_t>(cpus, 2);
  {
    const std::lock_guard lock(mutex_);
    limit_ = ClimbingLimit(std::max<std::size_t>(cpus, 1), 2 * two_at_least, 4 * two_at_least);
    done_ = 0;
  }
  changed_.notify_all();
}

std::optional<StartGate::Pass> StartGate::enter(const base::Deadline& deadline, const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  ++waiting_;
  const auto has_room = [this] { return inside_ < limit_.value(); };
  if (deadline.is_never()) {
    changed_.wait(lock, stop, has_room);
  } else {
    changed_.wait_until(lock, stop, deadline.when(), has_room);
  }
  --waiting_;
  if (!has_room()) return std::nullopt;
  ++inside_;
  return std::optional<Pass>(std::in_place, *this);
}

/// Only while somebody waits does the limit limit anything, and can be learned about.
void StartGate::leave() {
  {
    const std::lock_guard lock(mutex_);
    --inside_;
    const auto now = base::Clock::now();
    if (waiting_ == 0) done_ = 0;
    if (done_++ == 0) since_ = now;
    if (done_ > kStartsMeasured) {
      const std::chrono::duration<double> span = now - since_;
      limit_.learn(static_cast<double>(kStartsMeasured) / std::max(span.count(), 1e-9));
      done_ = 0;
    }
  }
  changed_.notify_all();
}

}  // namespace executor::instance
