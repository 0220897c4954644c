// Looks now and then at what is running, and keeps what it saw. It must not know what that is, nor hold up
// anybody who runs it.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "base/deadline.h"
#include "executor/instance/usage.h"
#include "executor/model/instance_life.h"

namespace executor::instance {

using std::chrono::milliseconds;

/// How often files of the kernel are read, and how often an engine is asked.
inline constexpr milliseconds kFilePeriod{100};
inline constexpr milliseconds kEnginePeriod{1000};
/// How long a look may take.
inline constexpr milliseconds kPatience{2000};

/// What was seen of one instance. Thread-safe.
class Meter {
 public:
  explicit Meter(std::unique_ptr<UsageSource> source = nullptr);

  /// Looks at it now; after `close` it does nothing. Blocks for `patience` at most, if another thread looks
  /// or the source takes its time.
  void measure(milliseconds patience = kPatience);
  /// The same, unless that could block.
  void measure_if_cheap();
  /// It is not looked at any more once this returns. Blocks while another thread looks.
  void close();

  void add(base::TimePoint at, const Reading& reading);
  /// What is known of it as a whole, at its end.
  void add_total(const model::Usage& usage);

  [[nodiscard]] bool is_empty() const;
  [[nodiscard]] model::Usage peak() const;
  [[nodiscard]] model::MeasuredBy how() const;
  /// Some dozens at most: of a long life every second one is let go, again and again.
  [[nodiscard]] std::vector<std::pair<base::TimePoint, model::Usage>> samples() const;

 private:
  void raise(const model::Usage& usage);

  const model::MeasuredBy how_;
  const bool is_cheap_;
  std::mutex
      source_mutex_;  // guards what follows; source_ itself is asked without it, by one thread at a time
  std::condition_variable source_free_;
  bool is_asked_ = false;
  std::unique_ptr<UsageSource> source_;
  mutable std::mutex mutex_;  // guards what follows
  bool has_seen_ = false;
  model::Usage peak_;
  std::vector<std::pair<base::TimePoint, model::Usage>> samples_;
  std::size_t stride_ = 1;  ///< of what comes, one in so many is kept
  std::size_t seen_ = 0;
};

/// One thread looks at everything, one after the other, once it has the first to look at. Where a round takes
/// more than a tenth of the period, the next one comes so much later that it does nothing else for a tenth of
/// the time at most.
class Sampler {
 public:
  explicit Sampler(milliseconds period) : period_(period) {}
  /// Waits for the look that is under way.
  ~Sampler();
  Sampler(const Sampler&) = delete;
  Sampler& operator=(const Sampler&) = delete;

  /// It is looked at for as long as somebody else holds it. Does not block.
  void watch(const std::shared_ptr<Meter>& meter);

 private:
  void work(const std::stop_token& stop);
  void sample_all(const std::stop_token& stop);

  const milliseconds period_;
  std::mutex mutex_;
  std::vector<std::weak_ptr<Meter>> watched_;
  std::jthread thread_;  // last: it uses the others
};

}  // namespace executor::instance
