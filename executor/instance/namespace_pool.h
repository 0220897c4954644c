// Empty network namespaces to borrow: making one is half of what a container's start costs an engine. It must
// not know who borrows.
#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/deadline.h"
#include "executor/instance/pause_container.h"
#include "executor/instance/pause_image.h"
#include "executor/track/tracker.h"

namespace executor::instance {

/// Pause containers without any network, each of which lends its network namespace to one live container at a
/// time. As isolated as a namespace of its own: without NET_ADMIN nothing that a borrower does outlives its
/// processes, but for closing TCP connections, and a namespace that has some is not lent. Thread-safe.
class NamespacePool {
 public:
  struct Size {
    std::size_t most = 0;      ///< namespaces
    std::size_t expected = 0;  ///< borrowers in the whole run; for few of them a pool does not pay
  };
  /// All must outlive it and its leases.
  NamespacePool(track::Tracker& tracker, PauseImage& image, const Size& size);
  /// Removes the pause containers, several at a time. Blocks for the engine.
  ~NamespacePool();
  NamespacePool(const NamespacePool&) = delete;
  NamespacePool& operator=(const NamespacePool&) = delete;

  /// The right to put one container into a namespace, until destroyed: then the container's processes must
  /// have ended.
  class Lease {
   public:
    Lease(NamespacePool& pool, std::unique_ptr<PauseContainer> lender)
        : pool_(&pool), lender_(std::move(lender)) {}
    Lease(Lease&&) = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease();
    /// What `NetworkMode` names: "container:ID".
    [[nodiscard]] std::string network_mode() const { return "container:" + lender_->id(); }
    /// Nobody else is to get it: it does not work, or it is not known whether the borrower has ended. The
    /// pause container goes. Blocks for the engine.
    void condemn();

   private:
    NamespacePool* pool_;
    std::unique_ptr<PauseContainer> lender_;
  };

  /// A namespace that nobody else has, checked to be clean; a new one where all are lent and another pays.
  /// Nothing: the borrower is to have a namespace of its own. Blocks for a round trip to a pause container,
  /// or for the start of one, to the call's deadline.
  std::optional<Lease> borrow(const docker::Call& call);

 private:
  struct Resting {
    std::unique_ptr<PauseContainer> lender;
    base::TimePoint until;  ///< not to be lent before
  };
  std::unique_ptr<PauseContainer> take_free();
  std::unique_ptr<PauseContainer> make(const docker::Call& call);
  void put_back(std::unique_ptr<PauseContainer> lender, base::TimePoint not_before);
  void forget_one();

  track::Tracker& tracker_;
  PauseImage& image_;
  const std::size_t most_;
  std::mutex mutex_;  // guards what follows
  std::deque<Resting> free_;
  std::size_t size_ = 0;  ///< lent ones and those being made, too
  bool is_broken_ = false;
};

}  // namespace executor::instance
