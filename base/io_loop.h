// One thread that waits for many descriptors and hands each its readiness. It must not know what they carry.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <vector>

#include "base/fd.h"

namespace base {

/// Something with a descriptor that an IoLoop reads from. All its callbacks run on the loop's thread.
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
};

/// An epoll(7) loop on a thread of its own. Never blocks its callers; never stops reading.
class IoLoop {
 public:
  IoLoop();
  /// Drops every source and joins the thread. Sources still in hold no callbacks afterwards.
  ~IoLoop();
  IoLoop(const IoLoop&) = delete;
  IoLoop& operator=(const IoLoop&) = delete;

  /// Shares ownership of `source` until it is done or dropped. Any thread. False if the descriptor cannot be
  /// waited for (then nothing was kept).
  bool add(std::shared_ptr<IoSource> source);
  /// Asks the loop to let go of `source`; `on_dropped` is called soon, on the loop's thread, unless the
  /// source is done by then. Any thread, also a source's own callback.
  void drop(const std::shared_ptr<IoSource>& source);

 private:
  void run();
  void handle_drops();
  void forget(IoSource* source);

  Fd epoll_;
  Fd wake_;
  std::mutex mutex_;
  bool ending_ = false;
  std::unordered_map<IoSource*, std::shared_ptr<IoSource>> sources_;
  std::vector<std::shared_ptr<IoSource>> drops_;
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace base
