// Empty network namespaces to borrow: making one is half of what a container's start costs an engine. It must
// not know who borrows.
#include "executor/instance/namespace_pool.h"

#include <algorithm>
#include <thread>
#include <tuple>
#include <vector>

#include "executor/instance/container_spec.h"

namespace executor::instance {
namespace {

using namespace std::chrono_literals;

/// A pause container costs as much as a borrower saves twice: it has to be used more often than that.
constexpr std::size_t kBorrowersThatPay = 6;
/// linux/include/net/tcp.h, TCP_TIMEWAIT_LEN.
constexpr auto kTimeWait = 60s;
/// A program that only waits for questions answers at once, or is stuck with its engine.
constexpr auto kQuestionTime = 5s;
constexpr std::size_t kRemovers = 4;

}  // namespace

NamespacePool::NamespacePool(track::Tracker& tracker, PauseImage& image, const Size& size)
    : tracker_(tracker), image_(image), most_(std::min(size.most, size.expected / kBorrowersThatPay)) {}

NamespacePool::~NamespacePool() {
  const auto count = std::min(kRemovers, free_.size());  // before anybody takes one
  std::vector<std::jthread> removers;
  for (std::size_t i = 0; i < count; ++i) {
    removers.emplace_back([this] {
      while (const auto lender = take_free()) std::ignore = lender->remove();
    });
  }
}

NamespacePool::Lease::~Lease() {
  if (lender_) pool_->put_back(std::move(lender_), base::Clock::now());
}

void NamespacePool::Lease::condemn() {
  pool_->forget_one();
  lender_.reset();
}

void NamespacePool::put_back(std::unique_ptr<PauseContainer> lender, base::TimePoint not_before) {
  const std::lock_guard lock(mutex_);
  free_.push_back({std::move(lender), not_before});
}

void NamespacePool::forget_one() {
  const std::lock_guard lock(mutex_);
  --size_;
}

/// Whichever has rested longest; the time until which it should does not matter to the destructor.
std::unique_ptr<PauseContainer> NamespacePool::take_free() {
  const std::lock_guard lock(mutex_);
  if (free_.empty()) return nullptr;
  auto lender = std::move(free_.front().lender);
  free_.pop_front();
  return lender;
}

std::unique_ptr<PauseContainer> NamespacePool::make(const docker::Call& call) {
  {
    const std::lock_guard lock(mutex_);
    if (is_broken_ || size_ >= most_) return nullptr;
    ++size_;
  }
  const auto image = image_.id(call);
  auto made = image ? PauseContainer::start(tracker_, holder_spec(*image, {}), {}, call)
                    : docker::Result<std::unique_ptr<PauseContainer>>(tl::unexpected(image.error()));
  if (made && (*made)->has_no_new_sockets(call)) return std::move(*made);
  // The borrower can do without, and tells what is wrong with the engine where something is.
  const std::lock_guard lock(mutex_);
  --size_;
  is_broken_ = !call.stop.stop_requested() && !call.deadline.passed();
  return nullptr;
}

std::optional<NamespacePool::Lease> NamespacePool::borrow(const docker::Call& call) {
  while (true) {
    std::unique_ptr<PauseContainer> lender;
    {
      const std::lock_guard lock(mutex_);
      const auto now = base::Clock::now();
      const auto rested =
          std::find_if(free_.begin(), free_.end(), [now](const auto& r) { return r.until <= now; });
      if (rested != free_.end()) {
        lender = std::move(rested->lender);
        free_.erase(rested);
      }
    }
    if (!lender) {
      lender = make(call);
      return lender ? std::optional<Lease>(std::in_place, *this, std::move(lender)) : std::nullopt;
    }
    const auto is_clean =
        lender->has_no_new_sockets({std::min(base::Deadline::in(kQuestionTime), call.deadline), call.stop});
    if (is_clean && *is_clean) return std::optional<Lease>(std::in_place, *this, std::move(lender));
    if (is_clean) {
      put_back(std::move(lender), base::Clock::now() + kTimeWait);
    } else {
      forget_one();  // it has died, or does not answer: another may be made in its place
    }
  }
}

}  // namespace executor::instance
