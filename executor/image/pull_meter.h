// How far a pull has come, in one line now and then, out of what the engine tells of each layer. Internal to
// image/.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "base/deadline.h"
#include "docker/images.h"

namespace executor::image {

/// "pulling debian:12: 12 MiB of 29 MiB", at most once a second.
class PullMeter {
 public:
  /// `tell` may be empty; it must outlive the meter.
  PullMeter(std::string name, const std::function<void(std::string_view)>& tell)
      : name_(std::move(name)), tell_(tell) {}

  void add(const docker::PullProgress& progress);
  /// What would be told now.
  [[nodiscard]] std::string text() const;

 private:
  struct Layer {
    std::int64_t got = 0;    ///< bytes
    std::int64_t total = 0;  ///< 0: not known yet
    bool is_done = false;
  };

  const std::string name_;
  const std::function<void(std::string_view)>& tell_;
  std::map<std::string, Layer> layers_;
  base::TimePoint told_ = base::Clock::now();
};

}  // namespace executor::image
