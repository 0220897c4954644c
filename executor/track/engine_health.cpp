// Whether the engine answers, and waiting until it does again. It must not know what it is needed for.
#include "executor/track/engine_health.h"

#include <algorithm>

#include "base/wait.h"
#include "docker/system.h"

namespace executor::track {
namespace {

using namespace std::chrono_literals;

constexpr base::milliseconds kSecondThought = 1s;
/// For one question of many: an engine that is started again may accept connections long before it answers.
constexpr base::milliseconds kQuestionTime = 5s;
constexpr base::milliseconds kFirstPause = 50ms;
constexpr base::milliseconds kLongestPause = 1s;
constexpr base::milliseconds kPulse = 1s;
/// A busy engine answers within this.
constexpr base::milliseconds kNoticeable = 500ms;

}  // namespace

docker::Result<void> EngineHealth::check(const docker::Call& call) {
  auto deadline = call.deadline;
  if (doubted_) deadline = std::min(deadline, base::Deadline::in(kSecondThought));
  auto answered = docker::ping(client_, {deadline, call.stop});
  if (answered || answered.error().kind != docker::ErrorKind::cancelled) doubted_ = !answered.has_value();
  return answered;
}

void EngineHealth::note(const docker::Error& error) {
  if (error.is_engine_gone() || error.kind == docker::ErrorKind::timed_out) doubted_ = true;
}

docker::Result<void> EngineHealth::await(base::milliseconds patience, const std::stop_token& stop) {
  if (!doubted_) return {};
  const std::lock_guard lock(waiting_);
  const auto begin = base::Clock::now();
  const auto deadline = base::Deadline::in(patience);
  bool told = false;
  for (auto pause = kFirstPause; doubted_; pause = std::min(pause * 2, kLongestPause)) {
    const auto answered =
        docker::ping(client_, {std::min(deadline, base::Deadline::in(kQuestionTime)), stop});
    if (answered) {
      doubted_ = false;
      break;
    }
    if (!told && tell_) tell_({false, answered.error().message, patience, {}});
    told = true;
    if (deadline.passed() || stop.stop_requested()) return answered;
    base::pause_for(pause, stop);
  }
  const auto waited = std::chrono::duration_cast<base::milliseconds>(base::Clock::now() - begin);
  if (told && tell_) tell_({true, {}, patience, waited});
  return {};
}

base::milliseconds EngineHealth::absence() const {
  const std::lock_guard lock(absences_);
  const auto now = base::Clock::now();
  if (!asked_ || now - *asked_ < kNoticeable) return absence_;
  return absence_ + base::between(answered_, now);
}

void EngineHealth::begin_question() {
  const std::lock_guard lock(absences_);
  asked_ = base::Clock::now();
}

/// An absence has begun when the engine last answered, for all that is known.
void EngineHealth::end_question(bool has_failed) {
  const std::lock_guard lock(absences_);
  const auto now = base::Clock::now();
  if (asked_ && (has_failed || now - *asked_ >= kNoticeable)) absence_ += base::between(answered_, now);
  answered_ = now;
  asked_.reset();
}

void Pulse::work(EngineHealth& health, const std::stop_token& stop) {
  health.end_question(false);
  while (base::pause_for(kPulse, stop)) {
    health.begin_question();
    bool has_failed = false;
    while (!docker::ping(health.client_, {base::Deadline::in(kQuestionTime), stop})) {
      has_failed = true;
      if (!base::pause_for(kFirstPause, stop)) return;
    }
    health.end_question(has_failed);
  }
}

}  // namespace executor::track
