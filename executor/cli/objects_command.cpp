// `cexec ps` and `cexec cleanup`: what runs hold in the engine and on this machine, and removing what dead
// ones left.
#include "executor/cli/objects_command.h"

#include <fmt/format.h>

#include <chrono>
#include <iostream>

#include "executor/cli/engine.h"
#include "executor/cli/setup.h"
#include "executor/text/quote.h"
#include "executor/text/units.h"
#include "executor/track/host_run.h"
#include "executor/track/sweep.h"

namespace executor::cli {
namespace {

using namespace std::chrono_literals;
using track::Liveness;
using track::ObjectKind;

constexpr auto kRemovalTime = 60s;
constexpr std::size_t kLongestId = 200;

docker::Call call() {
  return {base::Deadline::in(kRemovalTime), {}};
}

/// Of the engine; the reason has been printed where there is nothing.
std::optional<std::pair<Engine, std::vector<track::RunOnEngine>>> runs_on_engine() {
  auto engine = connect_engine(call());
  if (!engine) {
    complain(engine.error().reason, engine.error().hint);
    return std::nullopt;
  }
  auto runs = track::list_runs(*engine->client, track::LivenessCheck(), call());
  if (!runs) {
    complain("the engine does not say what it holds: " + runs.error().describe());
    return std::nullopt;
  }
  return std::pair(std::move(*engine), std::move(*runs));
}

/// "4711 alive", "4711 dead", "elsewhere". Of a run in an engine, or of host processes.
template <class Run>
std::string owner_of(const Run& run) {
  const auto owner = track::parse_owner(run.owner);
  if (!owner || run.liveness == Liveness::unknown) return "unknown";
  return fmt::format("{} {}", owner->pid, track::name_of(run.liveness));
}

std::string age_of(std::int64_t since) {
  const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  return since == 0 ? "?"
                    : text::format_duration(std::chrono::seconds(std::max<std::int64_t>(now - since, 0)));
}

std::string describe(const track::Object& object) {
  return fmt::format("{:<9}  {}  {}", track::name_of(object.kind), object.name,
                     text::quote(object.case_id.text(), kLongestId));
}

/// Nothing if it is to be removed.
std::string_view reason_to_spare(Liveness liveness, const CleanupArguments& arguments) {
  if (arguments.all || liveness == Liveness::dead) return {};
  return liveness == Liveness::alive ? "its cexec is at work"
                                     : "its cexec is on another machine, or cannot be seen from here";
}

void print_host_runs(const std::vector<track::HostRun>& runs) {
  if (runs.empty()) return;
  std::cout << fmt::format("{:<10}{:<18}{:<10}{:<12}{}\n", "RUN", "OWNER", "AGE", "PROCESSES", "FOLDER");
  for (const auto& run : runs) {
    std::cout << fmt::format("{:<10}{:<18}{:<10}{:<12}{}\n", run.run.text().substr(0, 8), owner_of(run),
                             age_of(run.since), track::processes_of(run.run).size(), run.folder.string());
  }
}

/// What host processes' runs have left goes; false if not all of it could be removed.
bool clean_up_host_runs(const CleanupArguments& arguments) {
  bool all_removed = true;
  for (const auto& run : track::list_host_runs(track::LivenessCheck())) {
    const auto id = run.run.text().substr(0, 8);
    if (const auto why = reason_to_spare(run.liveness, arguments); !why.empty()) {
      std::cout << fmt::format("run {}: its processes left alone: {}\n", id, why);
    } else if (arguments.dry_run) {
      std::cout << fmt::format("folder     {}, and its processes: {}\n", run.folder.string(),
                               track::processes_of(run.run).size());
    } else {
      const auto ended = track::end_host_run(run.run, base::Deadline::in(kRemovalTime));
      for (const auto& name : ended.removed) std::cout << "removed " << name << '\n';
      for (const auto& name : ended.left) complain(name + " could not be removed");
      all_removed = all_removed && ended.left.empty();
    }
  }
  return all_removed;
}

}  // namespace

ExitCode ps_command(const PsArguments& arguments) {
  const auto host_runs = track::list_host_runs(track::LivenessCheck());
  print_host_runs(host_runs);
  const auto found = runs_on_engine();
  if (!found) return ExitCode::could_not_run;
  const auto& runs = found->second;
  if (runs.empty()) {
    if (host_runs.empty()) std::cout << "no run holds anything\n";
    return ExitCode::all_passed;
  }
  std::cout << fmt::format("{:<10}{:<18}{:<10}{:<12}{:<10}{}\n", "RUN", "OWNER", "AGE", "CONTAINERS",
                           "NETWORKS", "VOLUMES");
  for (const auto& run : runs) {
    std::cout << fmt::format("{:<10}{:<18}{:<10}{:<12}{:<10}{}\n", run.run.text().substr(0, 8), owner_of(run),
                             age_of(run.since()), run.count(ObjectKind::container),
                             run.count(ObjectKind::network), run.count(ObjectKind::volume));
    if (!arguments.verbose) continue;
    for (const auto& object : run.objects) std::cout << "  " << describe(object) << '\n';
  }
  return ExitCode::all_passed;
}

ExitCode cleanup_command(const CleanupArguments& arguments) {
  const bool is_host_clean = clean_up_host_runs(arguments);
  const auto found = runs_on_engine();
  if (!found) return ExitCode::could_not_run;
  std::size_t removed = 0;
  std::size_t failed = 0;
  for (const auto& run : found->second) {
    const auto id = run.run.text().substr(0, 8);
    if (const auto why = reason_to_spare(run.liveness, arguments); !why.empty()) {
      std::cout << fmt::format("run {}: {} left alone: {}\n", id, text::counted(run.objects.size(), "object"),
                               why);
      continue;
    }
    if (arguments.dry_run) {
      for (const auto& object : run.objects) std::cout << describe(object) << '\n';
      removed += run.objects.size();
      continue;
    }
    const auto done = track::remove_objects(*found->first.client, run.objects, call());
    for (const auto& name : done.names) std::cout << "removed " << name << '\n';
    for (const auto& failure : done.failures) complain(failure);
    removed += done.names.size();
    failed += done.failures.size();
  }
  std::cout << fmt::format("{} {}\n", text::counted(removed, "object"),
                           arguments.dry_run ? "would be removed" : "removed");
  return failed == 0 && is_host_clean ? ExitCode::all_passed : ExitCode::could_not_run;
}

}  // namespace executor::cli
