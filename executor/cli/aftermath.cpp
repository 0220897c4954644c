// What the watchdog does for a run whose cexec has died, and the note that it leaves where it could not. It
// must not need anything of that process but the run's id and the environment.
#include "executor/cli/aftermath.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string_view>

#include "base/wait.h"
#include "executor/cli/engine.h"
#include "executor/track/host_run.h"
#include "executor/track/removal.h"

namespace executor::cli {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

/// A creation that was asked for may take so long to show up.
constexpr auto kQuiet = 10s;
constexpr auto kReconnectTime = 10s;
constexpr base::milliseconds kLongestPause = 5s;
/// Killed processes that take longer to go hang in the kernel.
constexpr auto kHostPatience = 1min;
constexpr std::string_view kWithoutEngine = "processes of ";

std::string variable(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nobody sets any
  return value == nullptr ? std::string() : std::string(value);
}

/// XDG Base Directory Specification: what is kept between runs and is not worth a back-up.
fs::path notes_folder() {
  if (const auto state = variable("XDG_STATE_HOME"); !state.empty())
    return fs::path(state) / "cexec/unfinished";
  if (const auto home = variable("HOME"); !home.empty())
    return fs::path(home) / ".local/state/cexec/unfinished";
  return "/var/tmp/cexec/unfinished";
}

void leave_note(const model::RunId& run, const std::string& why) {
  std::error_code ignored;
  fs::create_directories(notes_folder(), ignored);
  std::ofstream(notes_folder() / run.text()) << why << '\n';
}

/// Empty if nothing of the run is left; else why that is not so, or not known.
std::string remove_within(const model::RunId& run, const base::Deadline& deadline) {
  const auto engine = connect_engine({std::min(base::Deadline::in(kReconnectTime), deadline), {}});
  if (!engine) return engine.error().reason;
  const auto left = track::remove_run(*engine->client, run, kQuiet, deadline);
  if (!left) return left.error().describe();
  return left->empty() ? std::string() : fmt::format("{} objects could not be removed", left->size());
}

/// What run `letter` is of, if it is one of host processes.
std::optional<model::RunId> host_run_in(const model::RunId& letter) {
  if (!letter.text().starts_with(kWithoutEngine)) return std::nullopt;
  return model::RunId(letter.text().substr(kWithoutEngine.size()));
}

void end_host_run(const model::RunId& run) {
  const auto ended = track::end_host_run(run, base::Deadline::in(kHostPatience));
  if (!ended.left.empty()) leave_note(run, ended.left.front() + " could not be removed");
}

}  // namespace

model::RunId without_engine(const model::RunId& run) {
  return model::RunId(std::string(kWithoutEngine) + run.text());
}

void clean_up_after(const model::RunId& run, base::milliseconds patience) {
  if (const auto host_run = host_run_in(run)) return end_host_run(*host_run);
  const auto deadline = base::Deadline::in(patience);
  base::milliseconds pause = 100ms;
  while (true) {
    const auto why = remove_within(run, deadline);
    if (why.empty()) return;
    if (deadline.passed()) return leave_note(run, why);
    base::pause_for(pause, {});
    pause = std::min(pause * 2, kLongestPause);
  }
}

std::vector<std::string> take_notes() {
  std::vector<std::string> notes;
  std::error_code error;
  for (fs::directory_iterator it(notes_folder(), error), end; !error && it != end; it.increment(error)) {
    std::string why;
    std::ifstream file(it->path());
    std::getline(file, why);
    notes.push_back(fmt::format("what run {} had left could not be removed when it died: {}",
                                it->path().filename().string(), why));
    std::error_code ignored;
    fs::remove(it->path(), ignored);
  }
  return notes;
}

}  // namespace executor::cli
