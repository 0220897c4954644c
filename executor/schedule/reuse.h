// Places whose servers live on after a case, for the next case with the same processes. It must not know what
// a case does.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "executor/instance/site.h"
#include "executor/plan/plan.h"
#include "executor/schedule/actor.h"
#include "executor/schedule/options.h"

namespace executor::schedule {

/// A place, and the servers in it, one for each process of the case in its order.
struct Ensemble {
  std::string scope;        ///< beyond this it is not used again: the feature's file, or nothing
  std::string kind;         ///< what a case must have in common with the one it was made for
  std::int64_t memory = 0;  ///< bytes that its instances may take
  std::unique_ptr<instance::Site> site;
  std::vector<ReadyServer> servers;
};

/// Ends the servers in an orderly way, or at once if `stop` is requested, and takes all away. How a server
/// ends that has served several cases is nobody's verdict; its log tells. Blocks.
void end(Ensemble& ensemble, const std::stop_token& stop);

/// Those that wait for their next case. Thread-safe.
class Reuse {
 public:
  explicit Reuse(Isolation isolation) : isolation_(isolation) {}

  /// Bounds what the waiting ones may take together by their limits, in bytes; 0, as at first: they are
  /// counted in its place.
  void bound_memory(std::int64_t most);

  [[nodiscard]] bool is_wanted() const { return isolation_ != Isolation::each_case; }
  /// What a case needs: its scope and kind, without servers.
  [[nodiscard]] Ensemble description(const plan::Case& planned, const Options& options) const;

  /// One that a case of that description may have; nothing if none waits.
  std::optional<Ensemble> take(const Ensemble& description);
  /// Keeps one; returns those that have to go for it, to be ended: of an earlier feature, or the oldest.
  std::vector<Ensemble> give(Ensemble ensemble);
  /// All that wait, to be ended.
  std::vector<Ensemble> take_all();

 private:
  const Isolation isolation_;
  std::mutex mutex_;  // guards what follows
  std::int64_t memory_ = 0;
  std::deque<Ensemble> waiting_;
};

}  // namespace executor::schedule
