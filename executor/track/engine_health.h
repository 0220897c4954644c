// Whether the engine answers, and waiting until it does again. It must not know what it is needed for.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

#include "docker/client.h"

namespace executor::track {

/// An engine that was missed: told once when the waiting begins, and once when it is over.
struct Absence {
  bool is_over = false;
  std::string reason;              ///< why it is taken to be away
  base::milliseconds patience{0};  ///< how long it is waited for
  base::milliseconds waited{0};    ///< until it answered; only where the absence is over
};

/// Thread-safe. Costs nothing while nobody has reason to doubt.
class EngineHealth {
 public:
  explicit EngineHealth(const docker::Client& client) : client_(client) {}

  /// Called on the thread that waits. To be set before any other call.
  void on_absence(std::function<void(const Absence&)> tell) { tell_ = std::move(tell); }

  /// Asks for a sign of life, and blocks for it to the call's deadline; for a second at most where the last
  /// question had no answer. The error says why there is none.
  docker::Result<void> check(const docker::Call& call);

  /// An error that may be the engine's own: the next await() asks.
  void note(const docker::Error& error);

  /// The last question had no answer, or a call had none and nobody has asked since.
  [[nodiscard]] bool is_doubted() const { return doubted_; }

  /// Returns at once where there is no doubt. Else asks again and again until the engine answers, or for
  /// `patience`; one thread asks, the others wait for it. The error is that of the last question.
  docker::Result<void> await(base::milliseconds patience, const std::stop_token& stop);

  /// For how long the engine did not answer, all absences together and one that goes on included, as far as a
  /// Pulse has noticed: none that is shorter than half a second, and each a second late. Does not block.
  [[nodiscard]] base::milliseconds absence() const;

 private:
  friend class Pulse;
  void begin_question();
  void end_question(bool has_failed);

  const docker::Client& client_;
  std::function<void(const Absence&)> tell_;
  std::atomic<bool> doubted_{false};
  std::mutex waiting_;

  mutable std::mutex absences_;           // guards what follows
  base::milliseconds absence_{0};         ///< all that are over
  base::TimePoint answered_;              ///< last
  std::optional<base::TimePoint> asked_;  ///< since when an answer is missing
};

/// As long as it lives, asks each second for a sign of life, on a thread of its own.
class Pulse {
 public:
  explicit Pulse(EngineHealth& health)
      : thread_([this, &health](const std::stop_token& stop) { work(health, stop); }) {}

 private:
  static void work(EngineHealth& health, const std::stop_token& stop);

  std::jthread thread_;
};

}  // namespace executor::track
