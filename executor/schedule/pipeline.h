// The cases of a plan on their way through three kinds of workers: those that get ready what is coming, those
// at whose turn a case executes, and those that remove what is left. It must not know what a case does.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <unordered_map>
#include <vector>

#include "executor/schedule/admission.h"
#include "executor/schedule/case_runner.h"
#include "executor/schedule/runner.h"

namespace executor::schedule {

/// Cases begin in the order of `options.order`, at most `options.workers` at a time, and one that is to be
/// alone while no other is under way. Up to `options.provision_ahead` more are got ready, as far as the
/// engine's memory goes.
class Pipeline {
 public:
  /// All must outlive it.
  Pipeline(const plan::Plan& plan, const Options& options, instance::SiteFactory& sites,
           const model::RunId& run, Cancellation& cancellation, EventQueue& events);

  /// Blocks until every case's end has been posted and nothing of any is left.
  void run();

 private:
  /// One case under way.
  struct Slot {
    std::size_t index = 0;
    Capacity need;
    std::shared_ptr<CaseRunner> runner;
  };
  using Lock = std::unique_lock<std::mutex>;

  void know_capacity(const Capacity& capacity);
  void provide();
  void execute();
  void dispose();
  void end_what_waits();

  /// Index of the case that is the `position`th to begin.
  [[nodiscard]] std::size_t index_at(std::size_t position) const;
  [[nodiscard]] bool may_claim() const;
  std::shared_ptr<CaseRunner> make_runner(std::size_t index, std::size_t attempt = 1);
  /// The slot of the case whose turn it is; nothing if it was cancelled before it got one.
  std::optional<Slot> take_turn(Lock& lock, std::size_t index);
  std::optional<Slot> claim_in_turn(Lock& lock, std::size_t index);
  void wait_until_alone(Lock& lock);
  void run_case(Slot& slot);
  void await_usable();
  void try_again(Slot& slot);
  void count(const CaseRunner& runner);
  [[nodiscard]] bool is_cancelled() const { return cancellation_.reason().has_value(); }

  const plan::Plan& plan_;
  const Options& options_;
  instance::SiteFactory& sites_;
  const model::RunId& run_;
  Cancellation& cancellation_;
  EventQueue& events_;

  Reuse reuse_;
  std::mutex mutex_;  // guards what follows
  std::condition_variable_any changed_;
  Admission admission_;
  std::unordered_map<std::size_t, Slot> ready_;  ///< claimed, and not yet at their turn
  std::deque<Slot> over_;                        ///< to be disposed of
  std::size_t next_claim_ = 0;                   ///< a position
  std::size_t next_turn_ = 0;                    ///< a position
  std::size_t provisioning_ = 0;
  std::size_t executing_ = 0;
  std::size_t disposing_ = 0;  ///< and in over_
  std::size_t executors_ = 0;  ///< that may still add to over_
  std::size_t red_ = 0;
  bool somebody_is_alone_ = false;  ///< or waits to be
};

}  // namespace executor::schedule
