// Looks now and then at what is running, and keeps what it saw. It must not know what that is, nor hold up
// anybody who runs it.
#include "executor/instance/sampler.h"

#include <algorithm>

#include "base/wait.h"

namespace executor::instance {
namespace {

constexpr std::size_t kMostSamples = 64;
/// So many times a round's own time lies between it and the next.
constexpr int kRestOfPeriod = 10;

}  // namespace

Meter::Meter(std::unique_ptr<UsageSource> source)
    : how_(source ? source->how() : model::MeasuredBy::nothing),
      is_cheap_(source == nullptr || source->is_cheap()),
      source_(std::move(source)) {}

void Meter::measure(milliseconds patience) {
  std::unique_lock lock(source_mutex_);
  const bool is_free = source_free_.wait_for(lock, patience, [this] { return !is_asked_; });
  if (!is_free || !source_) return;
  is_asked_ = true;
  lock.unlock();
  if (const auto reading = source_->read(patience)) add(base::Clock::now(), *reading);
  lock.lock();
  is_asked_ = false;
  lock.unlock();
  source_free_.notify_all();
}

void Meter::measure_if_cheap() {
  if (is_cheap_) measure();
}

void Meter::close() {
  std::unique_lock lock(source_mutex_);
  source_free_.wait(lock, [this] { return !is_asked_; });
  source_.reset();
}

void Meter::raise(const model::Usage& usage) {
  has_seen_ = true;
  peak_.memory = std::max(peak_.memory, usage.memory);
  peak_.cpu_nanoseconds = std::max(peak_.cpu_nanoseconds, usage.cpu_nanoseconds);
  peak_.pids = std::max(peak_.pids, usage.pids);
  peak_.read_bytes = std::max(peak_.read_bytes, usage.read_bytes);
  peak_.write_bytes = std::max(peak_.write_bytes, usage.write_bytes);
}

void Meter::add(base::TimePoint at, const Reading& reading) {
  const std::lock_guard lock(mutex_);
  raise(reading.peak);
  if (reading.is_over) return;
  if (seen_++ % stride_ != 0) return;
  samples_.emplace_back(at, reading.now);
  if (samples_.size() < kMostSamples) return;
  for (std::size_t i = 0; i < samples_.size() / 2; ++i) samples_[i] = samples_[2 * i];
  samples_.resize(samples_.size() / 2);
  stride_ *= 2;
}

void Meter::add_total(const model::Usage& usage) {
  const std::lock_guard lock(mutex_);
  raise(usage);
}

bool Meter::is_empty() const {
  const std::lock_guard lock(mutex_);
  return !has_seen_;
}

model::Usage Meter::peak() const {
  const std::lock_guard lock(mutex_);
  return peak_;
}

model::MeasuredBy Meter::how() const {
  return is_empty() ? model::MeasuredBy::nothing : how_;
}

std::vector<std::pair<base::TimePoint, model::Usage>> Meter::samples() const {
  const std::lock_guard lock(mutex_);
  return samples_;
}

Sampler::~Sampler() {
  thread_.request_stop();
}

void Sampler::watch(const std::shared_ptr<Meter>& meter) {
  const std::lock_guard lock(mutex_);
  watched_.push_back(meter);
  if (!thread_.joinable()) thread_ = std::jthread([this](const std::stop_token& stop) { work(stop); });
}

void Sampler::work(const std::stop_token& stop) {
  auto pause = period_;
  while (base::pause_for(pause, stop)) {
    const auto begin = base::Clock::now();
    sample_all(stop);
    const auto took = base::between(begin, base::Clock::now());
    pause = std::max(period_, took * kRestOfPeriod);
  }
}

void Sampler::sample_all(const std::stop_token& stop) {
  std::vector<std::weak_ptr<Meter>> watched;
  {
    const std::lock_guard lock(mutex_);
    std::erase_if(watched_, [](const auto& one) { return one.expired(); });
    watched = watched_;
  }
  for (const auto& weak : watched) {
    if (stop.stop_requested()) return;
    if (const auto meter = weak.lock()) meter->measure();
  }
}

}  // namespace executor::instance
