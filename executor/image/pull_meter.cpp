// How far a pull has come, in one line now and then, out of what the engine tells of each layer. Internal to
// image/.
#include "executor/image/pull_meter.h"

#include <fmt/format.h>

#include "executor/text/units.h"

namespace executor::image {
namespace {

constexpr auto kPause = std::chrono::seconds(1);

}  // namespace

void PullMeter::add(const docker::PullProgress& progress) {
  // The engine names a tag's own lines by the tag: only what has bytes, or is a layer's end, counts.
  const bool is_done = progress.status == "Pull complete" || progress.status == "Already exists" ||
                       progress.status == "Download complete";
  if (progress.layer.empty() || (!is_done && progress.status != "Downloading")) return;
  auto& layer = layers_[progress.layer];
  if (progress.total > 0) layer = {progress.current, progress.total, false};
  if (is_done) layer.is_done = true;
  if (layer.is_done) layer.got = layer.total;
  if (!tell_ || base::Clock::now() - told_ < kPause) return;
  told_ = base::Clock::now();
  tell_(text());
}

std::string PullMeter::text() const {
  std::int64_t got = 0;
  std::int64_t total = 0;
  std::size_t done = 0;
  for (const auto& [id, layer] : layers_) {
    got += layer.got;
    total += layer.total;
    done += layer.is_done ? 1 : 0;
  }
  return fmt::format("pulling {}: {} of {} layers, {} of {}", name_, done, layers_.size(),
                     text::format_size(got), text::format_size(total));
}

}  // namespace executor::image
