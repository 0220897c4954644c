// One thread that waits for many descriptors and hands each its readiness. It must not know what they carry.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <thread>
#include <unordered_map>
#include <vector>

#include "base/fd.h"
#include "base/latch.h"
#include "base/wait.h"

namespace base {

/// Something with a descriptor that an IoLoop reads from. Its callbacks run on the loop's thread, or on one
/// that is in `IoLoop::read_here` with it; never two at a time.
class IoSource {
 public:
  enum class Next { again, done };

  IoSource() = default;
  IoSource(const IoSource&) = delete;
  IoSource& operator=(const IoSource&) = delete;
  virtual ~IoSource() = default;

  /// Constant for as long as the source is in a loop.
  [[nodiscard]] virtual int fd() const = 0;
  /// The descriptor is readable, or at its end, or broken. Must not block. `done` takes it out of the loop.
  virtual Next on_readable() = 0;
  /// The loop lets go of it although it was not done: it was dropped, or the loop ends.
  virtual void on_dropped() {}

 private:
  friend class IoLoop;
  std::mutex turn_;       // held during callbacks; guards what follows
  bool is_lent_ = false;  ///< a thread reads it in the loop's place
  bool is_done_ = false;  ///< there are no more callbacks
};

/// An epoll(7) loop on a thread of its own. Never blocks its callers; never stops reading.
class IoLoop {
 public:
  using Source = std::shared_ptr<IoSource>;

  IoLoop();
  /// Drops every source and joins the thread. Sources still in hold no callbacks afterwards.
  ~IoLoop();
  IoLoop(const IoLoop&) = delete;
  IoLoop& operator=(const IoLoop&) = delete;

  /// Shares ownership of `source` until it is done or dropped. Any thread. False if the descriptor cannot be
  /// waited for (then nothing was kept).
  bool add(Source source);
  /// Asks the loop to let go of `source`; `on_dropped` is called soon, on the loop's thread, unless the
  /// source is done by then. Any thread, also a source's own callback.
  void drop(const Source& source);

  /// Reads `sources` (at most kMostAtOnce) on the caller's thread, in the loop's place, until `enough` says
  /// so. For who waits for what they bring: it is woken by the descriptor itself, and not by way of another
  /// thread. `enough` is asked once nobody else reads them any more, and after each reading. `ready`: it was
  /// enough, or none of the sources is in the loop any more. One thread at a time with the same source, and
  /// not while another drops it, which would not be noticed before the next readiness.
  Waited read_here(std::span<const Source> sources, const std::function<bool()>& enough,
                   const Deadline& deadline, const std::stop_token& stop);
  /// The same until `latch` is set, which reading `sources` does; nothing where it was not in time.
  template <class T>
  std::optional<T> wait_here(std::span<const Source> sources, const Latch<T>& latch, const Deadline& deadline,
                             const std::stop_token& stop) {
    const auto is_set = [&latch] { return latch.get().has_value(); };
    read_here(sources, is_set, deadline, stop);
    return latch.wait(deadline, stop);  // where none of the sources is in the loop any more
  }

 private:
  class Loan;
  enum class Reader { loop, borrower };

  void run();
  bool watch(IoSource* source) const;
  static bool is_done_after_its_turn(IoSource& source, Reader reader);
  static void drop_now(IoSource& source);
  void handle_drops();
  void forget(IoSource* source);

  Fd epoll_;
  Fd wake_;
  std::mutex mutex_;
  bool ending_ = false;
  std::unordered_map<IoSource*, Source> sources_;
  std::vector<Source> drops_;
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace base
