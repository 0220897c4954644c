// Writes the bundle of each case that did not pass, once it is over, on a thread of its own: nobody waits for
// it but the end of the run. It must not know how results are shown.
#pragma once

#include <condition_variable>
#include <deque>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "executor/bundle/archive.h"
#include "executor/config/config.h"
#include "executor/model/event.h"
#include "executor/plan/plan.h"
#include "executor/schedule/options.h"

namespace executor::bundle {

/// What the recorder is given besides the events. All are called on its thread.
struct Sources {
  std::string version;  ///< of this cexec
  std::map<std::string, std::string> ci;
  /// Asks the engine about itself, once, for the first bundle; nothing if it does not say.
  std::function<std::optional<Surroundings>()> surroundings;
  /// Saves images by their ids into a file; empty, or what went wrong. Null: bundles are without images.
  std::function<std::string(const std::set<std::string>& ids, const std::filesystem::path& into)> save_images;
};

class Recorder : public model::EventSink {
 public:
  /// All but `sources` must outlive it.
  Recorder(const config::Config& config, const plan::Plan& plan, const schedule::Options& options,
           Sources sources);
  /// Waits for what is still to be written.
  ~Recorder() override;

  void on_event(const model::Event& event) override;

  /// Waits until all is written. What could not be, as messages.
  std::vector<std::string> finish();

 private:
  struct Job {
    std::size_t index = 0;
    model::CaseReport report;
  };

  void work();
  void record(const Job& job);
  [[nodiscard]] Manifest manifest_of(const Job& job) const;
  [[nodiscard]] std::vector<model::PlatformImage> images_of(const plan::Case& planned) const;
  [[nodiscard]] config::Config config_of(const plan::Case& planned) const;

  const config::Config& config_;
  const plan::Plan& plan_;
  const schedule::Options& options_;
  const Sources sources_;
  model::RunStarted started_;

  std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  std::deque<Job> jobs_;
  std::vector<std::string> problems_;
  bool is_over_ = false;
  std::optional<std::optional<Surroundings>> surroundings_;  // the worker's own
  std::thread thread_;
};

}  // namespace executor::bundle
