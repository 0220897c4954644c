// A run in containers on a thread of its own: engine, images, cases, clean-up. What it has to tell goes into
// an event queue.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "executor/cli/engine.h"
#include "executor/cli/run_images.h"
#include "executor/config/config.h"
#include "executor/instance/container_site.h"
#include "executor/plan/plan.h"
#include "executor/schedule/event_queue.h"
#include "executor/schedule/options.h"
#include "executor/schedule/runner.h"
#include "executor/track/tracker.h"
#include "executor/track/watchdog.h"

namespace executor::cli {

/// What may differ between runs besides plan and options.
struct RunParts {
  ImageSource images;
  /// Makes the sites out of those in containers; null: they are these themselves.
  std::function<std::unique_ptr<instance::SiteFactory>(instance::SiteFactory&)> wrap_sites = nullptr;
};

/// Starts in the constructor; the last event it posts is RunFinished or RunFailed. All that it is given must
/// outlive it.
class ContainerRun {
 public:
  ContainerRun(const plan::Plan& plan, RunParts parts, const schedule::Options& options, model::RunId run,
               track::Watchdog* watchdog, schedule::Cancellation& cancellation, schedule::EventQueue& events);
  /// Waits for its end.
  ~ContainerRun();
  ContainerRun(const ContainerRun&) = delete;
  ContainerRun& operator=(const ContainerRun&) = delete;

  /// Removes everything of the run from the engine by its label, on yet another thread: for a run that is
  /// cancelled, whose cases need not be asked one after the other. Does not block; while one removal is under
  /// way, another one is not begun.
  void remove_all_now();

 private:
  void work();
  void run_cases();
  void sweep();
  [[nodiscard]] schedule::Capacity capacity() const;
  [[nodiscard]] instance::NamespacePool::Size namespaces() const;
  [[nodiscard]] bool connect();
  /// Nothing: it was posted why.
  std::optional<ImageMap> resolve_images();
  void run_on_sites(ImageMap images);
  void fail(model::RunFailed failure);

  const plan::Plan& plan_;
  const RunParts parts_;
  const schedule::Options& options_;
  const model::RunId run_;
  track::Watchdog* const watchdog_;  ///< may be null
  schedule::Cancellation& cancellation_;
  schedule::EventQueue& events_;
  const base::TimePoint begin_;
  Engine engine_;
  std::atomic<bool> is_removing_{false};
  std::mutex mutex_;  // guards the next two
  std::unique_ptr<track::Tracker> tracker_;
  std::thread remover_;
  std::thread thread_;
};

}  // namespace executor::cli
