// How it is learned what a container uses: from its cgroup's files, where the engine runs on this machine and
// they can be read, or else by asking the engine. It must not know what runs in it.
#include "executor/instance/container_meters.h"

#include <fstream>
#include <sstream>

#include "docker/container_inspect.h"
#include "docker/container_stats.h"

namespace executor::instance {
namespace {

using namespace std::chrono_literals;

/// An engine that took as long as that, as Docker 20.10 often does, whose answers wait for its own next
/// round, is not asked for a while by those who have no more patience: an instance's end must not wait for it
/// again and again.
constexpr auto kSlow = 250ms;
constexpr int kRestAfterSlow = 50;  ///< times as long as it took
/// One that has ended meanwhile is refused, too, each engine with a status of its own; so many in a row say
/// that it is not done at all.
constexpr int kMostRefusals = 20;

std::string text_of(const std::string& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

/// A container that cannot be seen from here.
class EngineUsage final : public UsageSource {
 public:
  EngineUsage(const docker::Client& client, std::string container,
              std::shared_ptr<ContainerMeters::Manners> manners)
      : client_(client), container_(std::move(container)), manners_(std::move(manners)) {}

  std::optional<Reading> read(milliseconds patience) override {
    const auto begin = base::Clock::now();
    if (manners_->refusals >= kMostRefusals) return std::nullopt;
    if (patience <= kSlow && begin < manners_->rests_until.load()) return std::nullopt;
    const auto stats = docker::container_stats(client_, container_, {base::Deadline::in(patience), {}});
    const auto took = base::Clock::now() - begin;
    if (took >= kSlow) manners_->rests_until = begin + kRestAfterSlow * took;
    if (stats) manners_->refusals = 0;
    if (!stats && stats.error().kind == docker::ErrorKind::refused) ++manners_->refusals;
    // An ended container has only zeros to show.
    if (!stats || stats->memory_charged == 0) return std::nullopt;
    const model::Usage now{stats->memory_charged, stats->cpu_nanoseconds, stats->pids, stats->read_bytes,
                           stats->write_bytes};
    auto peak = now;
    peak.memory = std::max(peak.memory, stats->memory_peak);
    return Reading{now, peak, false};
  }
  [[nodiscard]] model::MeasuredBy how() const override { return model::MeasuredBy::engine; }
  [[nodiscard]] bool is_cheap() const override { return false; }

 private:
  const docker::Client& client_;
  const std::string container_;
  const std::shared_ptr<ContainerMeters::Manners> manners_;
};

}  // namespace

ContainerMeters::ContainerMeters(const docker::Client& client, milliseconds engine_period)
    : client_(client), manners_(std::make_shared<Manners>()), engine_sampler_(engine_period) {}

std::shared_ptr<Meter> ContainerMeters::watch(const std::string& container, const docker::Call& call) {
  const auto counters = counters_of(container, call);
  if (counters) {
    auto meter = std::make_shared<Meter>(std::make_unique<CgroupUsage>(*counters));
    file_sampler_.watch(meter);
    return meter;
  }
  auto meter = std::make_shared<Meter>(std::make_unique<EngineUsage>(client_, container, manners_));
  engine_sampler_.watch(meter);
  return meter;
}

/// Engines put the cgroups of their containers in various places, which they do not tell: but a container's
/// process is in it, and the next one's has the same path with another id.
std::optional<Counters> ContainerMeters::counters_of(const std::string& container, const docker::Call& call) {
  {
    const std::lock_guard lock(mutex_);
    if (known_) return known_->renamed(known_container_, container);
    if (is_out_of_sight_) return std::nullopt;
  }
  const auto details = docker::inspect_container(client_, container, call);
  if (!details || details->pid <= 0) return std::nullopt;  // it has ended by now; the next one will tell
  // Where the engine is on another machine, this is nobody's process, or one of a cgroup with another name.
  auto counters = find_counters(text_of("/proc/self/mountinfo"),
                                text_of("/proc/" + std::to_string(details->pid) + "/cgroup"), container);
  const std::lock_guard lock(mutex_);
  is_out_of_sight_ = !counters && !known_;
  if (counters) {
    known_ = counters;
    known_container_ = container;
  }
  return counters;
}

}  // namespace executor::instance
