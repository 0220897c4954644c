// A run in containers on a thread of its own: engine, images, cases, clean-up. What it has to tell goes into
// an event queue.
#include "executor/cli/container_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <tuple>

#include "base/io_loop.h"
#include "docker/system.h"
#include "executor/instance/container_site.h"
#include "executor/track/sweep.h"

namespace executor::cli {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t kNanoCpus = 1'000'000'000;
constexpr std::size_t kMostAtATime = 64;
constexpr base::milliseconds kCleanUpTime = 60s;
constexpr base::milliseconds kHopelessTime = 10s;

}  // namespace

ContainerRun::ContainerRun(const plan::Plan& plan, RunParts parts, const schedule::Options& options,
                           model::RunId run, track::Watchdog* watchdog, schedule::Cancellation& cancellation,
                           schedule::EventQueue& events)
    : plan_(plan),
      parts_(std::move(parts)),
      options_(options),
      run_(std::move(run)),
      watchdog_(watchdog),
      cancellation_(cancellation),
      events_(events),
      begin_(base::Clock::now()) {
  thread_ = std::thread([this] { work(); });
}

ContainerRun::~ContainerRun() {
  thread_.join();
  const std::lock_guard lock(mutex_);
  if (remover_.joinable()) remover_.join();
}

void ContainerRun::remove_all_now() {
  const std::lock_guard lock(mutex_);
  if (tracker_ == nullptr || is_removing_.exchange(true)) return;
  if (remover_.joinable()) remover_.join();  // it is through
  remover_ = std::thread([this, tracker = tracker_.get()] {
    std::ignore = tracker->remove_all(base::Deadline::in(kCleanUpTime));
    is_removing_ = false;
  });
}

void ContainerRun::fail(model::RunFailed failure) {
  events_.post(std::move(failure));
}

void ContainerRun::work() {
  // An exception is a bug; it ends the run with a message and not the process with an abort.
  try {
    run_cases();
  } catch (const std::exception& error) {
    fail({fmt::format("internal error: {}", error.what()), "this is a bug in cexec; please report it", {}});
  }
}

bool ContainerRun::connect() {
  auto engine = connect_engine({base::Deadline::in(kAnswerTime), cancellation_.token()});
  if (!engine) {
    fail({engine.error().reason, engine.error().hint, {}});
    return false;
  }
  engine_ = std::move(*engine);
  if (watchdog_ != nullptr) watchdog_->watch(run_);
  const std::lock_guard lock(mutex_);
  tracker_ = std::make_unique<track::Tracker>(*engine_.client, run_, track::current_owner());
  tracker_->health().on_absence([this](const track::Absence& absence) {
    events_.post(model::EngineAbsence{absence.is_over, absence.reason, absence.patience, absence.waited});
  });
  return true;
}

std::optional<ImageMap> ContainerRun::resolve_images() {
  const auto tell = [this](const model::PlatformName& platform, std::string_view text, bool is_detail) {
    events_.post(model::Preparing{platform, std::string(text), is_detail});
  };
  auto images = parts_.images(*engine_.client, tell, {base::Deadline::never(), cancellation_.token()});
  if (images) return std::move(*images);
  auto& error = images.error();
  fail({std::move(error.reason), std::move(error.hint), std::move(error.build_output)});
  return std::nullopt;
}

/// What is left of runs that died is nobody's; it goes while the first cases run.
void ContainerRun::sweep() {
  const auto removed =
      track::sweep(*engine_.client, track::LivenessCheck(), {base::Deadline::in(kCleanUpTime), {}});
  if (!removed) {
    events_.post(model::Swept{{}, {removed.error().describe()}});
  } else if (!removed->names.empty() || !removed->failures.empty()) {
    events_.post(model::Swept{removed->names, removed->failures});
  }
}

/// What the engine has, where it says so; else nothing is counted.
schedule::Capacity ContainerRun::capacity() const {
  const auto info =
      docker::engine_info(*engine_.client, {base::Deadline::in(kAnswerTime), cancellation_.token()});
  if (!info) return {};
  return {info->memory_bytes, info->cpus * kNanoCpus};
}

/// As many namespaces as instances live at a time.
instance::NamespacePool::Size ContainerRun::namespaces() const {
  std::size_t instances = 0;
  std::size_t most_of_a_case = 0;
  for (const auto& planned : plan_.cases) {
    instances += planned.platforms.size();
    most_of_a_case = std::max(most_of_a_case, planned.platforms.size());
  }
  const auto cases = std::min<std::size_t>(options_.workers + options_.provision_ahead + 1, kMostAtATime);
  return {cases * most_of_a_case, instances};
}

void ContainerRun::run_on_sites(ImageMap images) {
  const track::Pulse pulse(tracker_->health());
  base::IoLoop loop;
  instance::ContainerSites containers(*tracker_, loop, std::move(images), namespaces());
  const auto wrapped = parts_.wrap_sites ? parts_.wrap_sites(containers) : nullptr;
  auto& sites = wrapped ? *wrapped : static_cast<instance::SiteFactory&>(containers);
  // The engine takes a while to answer (it runs other programs for that): the first case does not wait for
  // it.
  std::promise<schedule::Capacity> known;
  auto options = options_;
  options.capacity = known.get_future().share();
  const std::jthread asker([&] {
    const auto has = capacity();
    containers.know_cpus(static_cast<std::size_t>(has.nano_cpus / kNanoCpus));
    known.set_value(has);
  });
  schedule::run_plan(plan_, options, sites, run_, cancellation_, events_);
}

void ContainerRun::run_cases() {
  if (!connect()) return;
  std::jthread sweeper([this] { sweep(); });  // joined at the latest when this returns
  auto images = resolve_images();
  if (!images) return;
  model::RunStarted started{run_, engine_.description, {}, plan_.cases.size()};
  for (const auto* platform : plan::used_platforms(plan_))
    started.platforms.push_back(images->at(platform->name));
  events_.post(std::move(started));
  run_on_sites(std::move(*images));
  sweeper.join();  // what it tells belongs before the last event
  model::RunFinished finished;
  finished.run = run_;
  finished.stopped_because = cancellation_.reason();
  // Whatever the cases' own clean-up could not remove gets another chance, and the rest is told. An engine
  // that was waited for already is left to the watchdog.
  const auto clean_up_time = tracker_->health().is_doubted() ? kHopelessTime : kCleanUpTime;
  if (const auto left = tracker_->remove_all(base::Deadline::in(clean_up_time))) {
    auto& objects = finished.left_behind.emplace();
    for (const auto& object : *left)
      objects.push_back({fmt::format("{} {}", track::name_of(object.kind), object.name), object.case_id});
  }
  finished.duration = base::between(begin_, base::Clock::now());
  events_.post(std::move(finished));
}

}  // namespace executor::cli
