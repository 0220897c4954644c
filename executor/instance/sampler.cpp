// Asks the engine now and then what the running containers use. It must not know whose they are, nor hold up
// anybody who runs one.
#include "executor/instance/sampler.h"

#include <algorithm>

#include "base/wait.h"
#include "docker/container_stats.h"

namespace executor::instance {
namespace {

using namespace std::chrono_literals;

constexpr auto kRequestTime = 2s;
constexpr std::size_t kMostSamples = 240;
/// So many times a round's own time lies between it and the next.
constexpr int kRest = 10;

}  // namespace

void Meter::add(base::TimePoint at, const model::Usage& usage) {
  const std::lock_guard lock(mutex_);
  peak_.memory = std::max(peak_.memory, usage.memory);
  peak_.cpu_nanoseconds = std::max(peak_.cpu_nanoseconds, usage.cpu_nanoseconds);
  peak_.pids = std::max(peak_.pids, usage.pids);
  peak_.read_bytes = std::max(peak_.read_bytes, usage.read_bytes);
  peak_.write_bytes = std::max(peak_.write_bytes, usage.write_bytes);
  if (seen_++ % stride_ != 0) return;
  samples_.emplace_back(at, usage);
  if (samples_.size() < kMostSamples) return;
  for (std::size_t i = 0; i < samples_.size() / 2; ++i) samples_[i] = samples_[2 * i];
  samples_.resize(samples_.size() / 2);
  stride_ *= 2;
}

model::Usage Meter::peak() const {
  const std::lock_guard lock(mutex_);
  return peak_;
}

std::vector<std::pair<base::TimePoint, model::Usage>> Meter::samples() const {
  const std::lock_guard lock(mutex_);
  return samples_;
}

Sampler::Sampler(const docker::Client& client, milliseconds period)
    : client_(client), period_(period), thread_([this](const std::stop_token& stop) { work(stop); }) {}

Sampler::~Sampler() {
  thread_.request_stop();
}

std::shared_ptr<Meter> Sampler::watch(const std::string& container) {
  auto meter = std::make_shared<Meter>();
  const std::lock_guard lock(mutex_);
  watched_.emplace_back(container, meter);
  return meter;
}

void Sampler::work(const std::stop_token& stop) {
  auto pause = period_;
  while (!stop.stop_requested()) {
    if (!base::pause_for(pause, stop)) return;
    const auto begin = base::Clock::now();
    if (!sample_all(stop)) return;
    const auto took = std::chrono::duration_cast<milliseconds>(base::Clock::now() - begin);
    pause = std::max(period_, took * kRest);
  }
}

bool Sampler::sample_all(const std::stop_token& stop) {
  std::vector<std::pair<std::string, std::weak_ptr<Meter>>> watched;
  {
    const std::lock_guard lock(mutex_);
    std::erase_if(watched_, [](const auto& one) { return one.second.expired(); });
    watched = watched_;
  }
  for (const auto& [container, weak] : watched) {
    if (stop.stop_requested()) return true;
    if (weak.expired()) continue;
    const auto stats = docker::container_stats(client_, container, {base::Deadline::in(kRequestTime), stop});
    // 404: it has ended meanwhile. Any other refusal will be the same the next time.
    if (!stats && stats.error().kind == docker::ErrorKind::refused && stats.error().status != 404)
      return false;
    const auto meter = weak.lock();
    // An ended container has only zeros to show.
    if (!stats || meter == nullptr || stats->memory_usage == 0) continue;
    meter->add(base::Clock::now(), {stats->memory_usage, stats->cpu_nanoseconds, stats->pids,
                                    stats->read_bytes, stats->write_bytes});
  }
  return true;
}

}  // namespace executor::instance
