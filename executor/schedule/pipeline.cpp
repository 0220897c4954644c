// The cases of a plan on their way through three kinds of workers: those that get ready what is coming, those
// at whose turn a case executes, and those that remove what is left. It must not know what a case does.
#include "executor/schedule/pipeline.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/wait.h"

namespace executor::schedule {
namespace {

/// Removing is as much work for an engine as starting; more at a time than this only makes it slower.
constexpr std::size_t kMostDisposers = 8;
constexpr std::size_t kMostProviders = 16;
/// One in so many parts of the memory is for instances that wait for another case, where any may.
constexpr std::int64_t kShareThatMayWait = 3;

}  // namespace

Pipeline::Pipeline(const plan::Plan& plan, const Options& options, instance::SiteFactory& sites,
                   const model::RunId& run, Cancellation& cancellation, EventQueue& events)
    : plan_(plan),
      options_(options),
      sites_(sites),
      run_(run),
      cancellation_(cancellation),
      events_(events),
      reuse_(options.isolation) {}

void Pipeline::know_capacity(const Capacity& capacity) {
  const auto may_wait = reuse_.is_wanted() ? capacity.memory / kShareThatMayWait : 0;
  reuse_.bound_memory(may_wait);
  const std::lock_guard lock(mutex_);
  admission_.know({capacity.memory - may_wait, capacity.nano_cpus});
  changed_.notify_all();
}

void Pipeline::run() {
  const std::stop_callback on_stop(cancellation_.token(), [this] {
    const std::lock_guard lock(mutex_);
    changed_.notify_all();
  });
  const auto executors = std::max<std::size_t>(1, std::min(options_.workers, plan_.cases.size()));
  executors_ = executors;
  // Where nothing is got ready ahead an executor claims its case itself, and nobody has to be woken for that.
  const auto ahead = options_.provision_ahead;
  const auto providers = ahead == 0 ? 0 : std::min(executors + ahead, kMostProviders);
  const auto disposers = std::min(executors + 1, kMostDisposers);
  const auto& capacity = options_.capacity;
  const bool is_asked_for =
      capacity.valid() && capacity.wait_for(std::chrono::seconds(0)) != std::future_status::ready;
  if (!is_asked_for) know_capacity(capacity.valid() ? capacity.get() : Capacity{});
  {
    std::vector<std::jthread> threads;
    if (is_asked_for) threads.emplace_back([this] { know_capacity(options_.capacity.get()); });
    for (std::size_t i = 0; i < providers; ++i) threads.emplace_back([this] { provide(); });
    for (std::size_t i = 1; i < executors; ++i) threads.emplace_back([this] { execute(); });
    for (std::size_t i = 0; i < disposers; ++i) threads.emplace_back([this] { dispose(); });
    execute();
  }
  end_what_waits();
}

void Pipeline::end_what_waits() {
  auto waiting = reuse_.take_all();
  std::vector<std::jthread> threads;
  for (auto& ensemble : waiting)
    threads.emplace_back([this, &ensemble] { end(ensemble, cancellation_.token()); });
}

std::shared_ptr<CaseRunner> Pipeline::make_runner(std::size_t index, std::size_t attempt) {
  return std::make_shared<CaseRunner>(plan_.cases[index], index, options_, sites_, reuse_, run_,
                                      cancellation_.token(), events_, attempt);
}

std::size_t Pipeline::index_at(std::size_t position) const {
  return options_.order.empty() ? position : options_.order[position];
}

/// `next_turn_` counts the cases whose turn an executor waits for or has begun.
bool Pipeline::may_claim() const {
  if (somebody_is_alone_ && next_claim_ >= next_turn_) return false;
  if (next_claim_ >= next_turn_ + options_.provision_ahead) return false;
  return admission_.fits(need_of(plan_.cases[index_at(next_claim_)], options_));
}

void Pipeline::provide() {
  Lock lock(mutex_);
  while (true) {
    const auto is_over = [this] { return next_claim_ >= plan_.cases.size() || is_cancelled(); };
    changed_.wait(lock, [&] { return is_over() || may_claim(); });
    if (is_over()) return;
    const auto index = index_at(next_claim_++);
    const auto need = need_of(plan_.cases[index], options_);
    admission_.enter(need);
    // Shared, as its turn, its end and its destruction may all come before provision() has returned here.
    auto runner = make_runner(index);
    runner->expect_provision();
    ready_.emplace(index, Slot{index, need, runner});
    changed_.notify_all();
    ++provisioning_;
    lock.unlock();
    await_usable();
    runner->provision();
    runner.reset();
    lock.lock();
    --provisioning_;
    changed_.notify_all();
  }
}

std::optional<Pipeline::Slot> Pipeline::claim_in_turn(Lock& lock, std::size_t index) {
  const auto need = need_of(plan_.cases[index], options_);
  changed_.wait(lock, [&] { return is_cancelled() || (!somebody_is_alone_ && admission_.fits(need)); });
  if (is_cancelled()) return std::nullopt;
  admission_.enter(need);
  if (plan_.cases[index].scenario->is_serial) wait_until_alone(lock);
  return Slot{index, need, make_runner(index)};
}

std::optional<Pipeline::Slot> Pipeline::take_turn(Lock& lock, std::size_t index) {
  if (options_.provision_ahead == 0) return claim_in_turn(lock, index);
  const bool is_serial = plan_.cases[index].scenario->is_serial;
  changed_.wait(lock, [&] { return !somebody_is_alone_ && (ready_.contains(index) || is_cancelled()); });
  if (is_serial) wait_until_alone(lock);
  const auto found = ready_.find(index);
  if (found == ready_.end()) {
    if (is_serial) somebody_is_alone_ = false;
    return std::nullopt;
  }
  auto slot = std::move(found->second);
  ready_.erase(found);
  return slot;
}

void Pipeline::wait_until_alone(Lock& lock) {
  somebody_is_alone_ = true;
  changed_.wait(lock, [this] { return executing_ == 0 && provisioning_ == 0 && disposing_ == 0; });
}

void Pipeline::execute() {
  Lock lock(mutex_);
  while (next_turn_ < plan_.cases.size()) {
    const auto index = index_at(next_turn_++);
    changed_.notify_all();
    auto slot = take_turn(lock, index);
    if (!slot) {
      // Claimed by nobody: there is nothing to remove.
      const auto reason = cancellation_.reason().value_or("");
      lock.unlock();
      events_.post(model::CaseFinished{index, make_runner(index)->not_run(reason)});
      lock.lock();
      continue;
    }
    ++executing_;
    lock.unlock();
    run_case(*slot);
    lock.lock();
    --executing_;
    if (plan_.cases[index].scenario->is_serial) somebody_is_alone_ = false;
    ++disposing_;
    over_.push_back(std::move(*slot));
    changed_.notify_all();
  }
  --executors_;
  changed_.notify_all();
}

/// Where what cases run on does not come back, no further one can run.
void Pipeline::await_usable() {
  const auto usable = sites_.await_usable(cancellation_.token());
  if (!usable && !usable.error().cancelled) cancellation_.request(usable.error().reason);
}

void Pipeline::run_case(Slot& slot) {
  await_usable();
  if (is_cancelled()) return slot.runner->give_up();
  events_.post(model::CaseStarted{plan_.cases[slot.index].id(), slot.index});
  slot.runner->execute();
  try_again(slot);
  count(*slot.runner);
}

/// A case that is red gets further attempts, each with containers of its own; what the earlier ones came to
/// stays in its report.
void Pipeline::try_again(Slot& slot) {
  const auto is_red = [&slot] { return model::is_red(slot.runner->outcome()); };
  std::vector<model::CaseReport> earlier;
  auto pause = options_.retries.pause;
  while (earlier.size() < options_.retries.count && is_red() && !is_cancelled()) {
    if (!base::pause_for(pause, cancellation_.token())) break;
    pause = std::min(pause * 2, options_.retries.longest_pause);
    earlier.push_back(slot.runner->dispose());
    slot.runner = make_runner(slot.index, earlier.size() + 1);
    slot.runner->execute();
  }
  slot.runner->set_earlier_attempts(std::move(earlier));
}

void Pipeline::count(const CaseRunner& runner) {
  if (!model::is_red(runner.outcome())) return;
  Lock lock(mutex_);
  ++red_;
  const bool is_enough = options_.max_fail > 0 && red_ >= options_.max_fail;
  lock.unlock();
  if (is_enough)
    cancellation_.request(
        fmt::format("--max-fail {}: reached with {}", options_.max_fail, runner.id().text()));
}

void Pipeline::dispose() {
  Lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return !over_.empty() || executors_ == 0; });
    if (over_.empty()) return;
    auto slot = std::move(over_.front());
    over_.pop_front();
    lock.unlock();
    auto report = slot.runner->dispose();
    slot.runner.reset();
    // "cancelled" gets the reason that is known here.
    const auto reason = cancellation_.reason();
    if (reason && std::holds_alternative<model::Cancelled>(report.outcome))
      report.outcome = model::Cancelled{*reason};
    events_.post(model::CaseFinished{slot.index, std::move(report)});
    lock.lock();
    admission_.leave(slot.need);
    --disposing_;
    changed_.notify_all();
  }
}

}  // namespace executor::schedule
