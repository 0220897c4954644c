// A run of host processes on a thread of its own: cases and clean-up, without any engine. What it has to tell
// goes into an event queue.
#include "executor/cli/process_run.h"

#include <fmt/format.h>
#include <unistd.h>

#include <exception>
#include <fstream>
#include <sstream>

#include "base/io_loop.h"
#include "executor/cli/aftermath.h"
#include "executor/instance/process_site.h"

namespace executor::cli {
namespace {

using namespace std::chrono_literals;

constexpr auto kEndTime = 20s;

std::string text_of(const char* file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

std::vector<instance::CgroupPlace> places() {
  return instance::cgroup_places(text_of("/proc/self/mountinfo"), text_of("/proc/self/cgroup"));
}

/// Of this machine.
schedule::Capacity capacity() {
  return {std::int64_t{::sysconf(_SC_PHYS_PAGES)} * ::sysconf(_SC_PAGESIZE),
          std::int64_t{::sysconf(_SC_NPROCESSORS_ONLN)} * 1'000'000'000};
}

/// What holds for every server, in a line.
std::string describe_limits(const instance::Cgroups& cgroups, const schedule::Options& options) {
  if (options.limits.none) return "none";
  const auto by_cgroup = cgroups.describe();
  if (by_cgroup.empty()) return "memory by RLIMIT_DATA; CPUs and processes not, as no cgroup may be made";
  return fmt::format("{} by cgroups{}", by_cgroup, cgroups.limits_memory() ? "" : "; memory by RLIMIT_DATA");
}

}  // namespace

ProcessRun::ProcessRun(const plan::Plan& plan, std::filesystem::path root, const schedule::Options& options,
                       model::RunId run, track::Watchdog* watchdog, schedule::Cancellation& cancellation,
                       schedule::EventQueue& events)
    : plan_(plan),
      root_(std::move(root)),
      options_(options),
      run_(std::move(run)),
      watchdog_(watchdog),
      cancellation_(cancellation),
      events_(events),
      begin_(base::Clock::now()) {
  thread_ = std::thread([this] { work(); });
}

ProcessRun::~ProcessRun() {
  thread_.join();
}

void ProcessRun::remove_all_now() {
  children_.kill_all();
}

void ProcessRun::work() {
  // An exception is a bug; it ends the run with a message and not the process with an abort.
  try {
    run_cases();
  } catch (const std::exception& error) {
    events_.post(model::RunFailed{
        fmt::format("internal error: {}", error.what()), "this is a bug in cexec; please report it", {}});
  }
}

model::RunStarted ProcessRun::started(const std::string& limits) const {
  model::RunStarted event;
  event.run = run_;
  event.cases = plan_.cases.size();
  event.limits = limits;
  for (const auto* platform : plan::used_platforms(plan_))
    event.platforms.push_back({.name = platform->name, .command = instance::command_line(platform->process)});
  return event;
}

/// What is left of runs that died is nobody's; it goes while the first cases run.
void ProcessRun::sweep() {
  auto ended = track::sweep_host_runs(track::LivenessCheck(), base::Deadline::in(kEndTime));
  if (!ended.removed.empty() || !ended.left.empty())
    events_.post(model::Swept{std::move(ended.removed), std::move(ended.left)});
}

void ProcessRun::run_cases() {
  if (watchdog_ != nullptr) watchdog_->watch(without_engine(run_));
  const auto folder = track::HostRunFolder::make(run_);
  if (!folder) {
    events_.post(model::RunFailed{folder.error(), "TMPDIR names a folder that can be written to", {}});
    return;
  }
  std::jthread sweeper([this] { sweep(); });  // joined at the latest when this returns
  run_cases_in(*folder);
  sweeper.join();  // what it tells belongs before the last event
  const auto deadline = base::Deadline::in(kEndTime);
  children_.end_all(deadline);
  // The cases have removed what they made. What is found now is removed, too, and told if that fails.
  finish(track::end_host_run(run_, deadline).left);
}

void ProcessRun::run_cases_in(const track::HostRunFolder& folder) {
  instance::Cgroups cgroups(folder.path().filename().string(), places(),
                            [&folder](const auto& cgroup) { folder.add_cgroup(cgroup); });
  base::IoLoop loop;
  instance::ProcessLauncher launcher(children_);
  instance::Sampler sampler(instance::kFilePeriod);
  instance::ProcessHost host{children_, launcher, cgroups, loop, &sampler};
  events_.post(started(describe_limits(cgroups, options_)));
  instance::ProcessSites sites(host, run_, root_, folder.path());
  auto options = options_;
  options.capacity = schedule::known(capacity());
  schedule::run_plan(plan_, options, sites, run_, cancellation_, events_);
}

void ProcessRun::finish(std::vector<std::string> left) {
  model::RunFinished finished;
  finished.run = run_;
  finished.stopped_because = cancellation_.reason();
  auto& objects = finished.left_behind.emplace();
  for (auto& what : left) objects.push_back({std::move(what), {}});
  finished.duration = base::between(begin_, base::Clock::now());
  events_.post(std::move(finished));
}

std::vector<std::string> platforms_without_process(const plan::Plan& plan, const config::Config& config) {
  std::vector<std::string> messages;
  for (const auto* platform : plan::used_platforms(plan)) {
    if (!platform->process.empty()) continue;
    messages.push_back(fmt::format(
        "{}:{}: platforms.{}: has no `process`, which says how its server is started without containers; "
        "--container-seq runs it in one",
        config.file.string(), platform->line, platform->name.text()));
  }
  return messages;
}

}  // namespace executor::cli
