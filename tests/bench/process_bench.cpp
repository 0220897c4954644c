// What cexec adds to a server that is started as a process of this machine: a whole case with one process
// against fork, exec, one line there and back and the end of the same server, interleaved in one run. Prints
// the ratio of the medians for each platform of this repository.
//
//     scripts/bench        needs no engine
#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>

#include "base/io_loop.h"
#include "base/random.h"
#include "docker/endpoint.h"
#include "executor/config/loader.h"
#include "executor/instance/process_site.h"
#include "executor/schedule/runner.h"
#include "tests/bench/medians.h"
#include "tests/support/planned.h"
#include "tests/support/temp_folder.h"

namespace {

using namespace executor;

constexpr int kCases = 10;

config::Config repository(const std::string& platform) {
  auto config = config::load("cexec.yaml", docker::process_environment()).value();
  std::erase_if(config.platforms, [&](const auto& other) { return other.name.text() != platform; });
  return config;
}

std::string feature() {
  std::string text =
      "Feature: f\n Scenario Outline: s <n>\n  When the 'writer' process starts\n Examples:\n  | n |\n";
  for (int i = 0; i < kCases; ++i) text += "  | " + std::to_string(i) + " |\n";
  return text;
}

std::string text_of(const char* file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

/// Cases as a run has them, with logs and transcripts.
class Cases {
 public:
  explicit Cases(const std::string& platform)
      : planned_(feature(), repository(platform)),
        sites_(host_, model::RunId("bench"), planned_.config.root, folder_.path()) {
    options_.artifacts = folder_.path() / "artifacts";
  }
  void run() {
    schedule::run_plan(planned_.plan, options_, sites_, model::RunId("bench"), cancellation_, events_);
    for (const auto& event : events_.drain()) {
      const auto* finished = std::get_if<model::CaseFinished>(&event);
      if (finished != nullptr && !model::is_passed(finished->report.outcome)) {
        std::fprintf(stderr, "%s\n", model::message_of(finished->report.outcome).c_str());
        std::exit(1);
      }
    }
  }

 private:
  tests::PlannedText planned_;
  tests::TempFolder folder_;
  schedule::Options options_;
  schedule::Cancellation cancellation_;
  schedule::EventQueue events_;
  track::Children children_;
  instance::Cgroups cgroups_{
      "cexec-" + base::random_uuid(),
      instance::cgroup_places(text_of("/proc/self/mountinfo"), text_of("/proc/self/cgroup")),
      [](const auto&) {}};
  base::IoLoop loop_;
  instance::ProcessLauncher launcher_{children_};
  instance::ProcessHost host_{children_, launcher_, cgroups_, loop_};
  instance::ProcessSites sites_;
};

/// The least that starting a server and hearing from it takes.
void start_and_ask(const std::vector<std::string>& command) {
  std::array<int, 2> in{};
  std::array<int, 2> out{};
  if (::pipe2(in.data(), O_CLOEXEC) != 0 || ::pipe2(out.data(), O_CLOEXEC) != 0) std::abort();
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
  std::vector<char*> words;
  for (const auto& word : command) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  pid_t pid = -1;
  if (::posix_spawnp(&pid, words[0], &actions, nullptr, words.data(), environ) != 0) std::abort();
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(in[0]);
  ::close(out[1]);
  const std::string_view ask = R"({"jsonrpc":"2.0","id":1,"method":"health","params":{}})"
                               "\n";
  if (::write(in[1], ask.data(), ask.size()) != static_cast<ssize_t>(ask.size())) std::abort();
  std::array<char, 4096> answer{};
  if (::read(out[0], answer.data(), answer.size()) <= 0) std::abort();
  ::close(in[1]);
  ::waitpid(pid, nullptr, 0);
  ::close(out[0]);
}

const std::array<std::string, 3> kPlatforms{"cpp", "python", "node"};

void cases(benchmark::State& state, const std::string& platform) {
  static std::map<std::string, std::unique_ptr<Cases>> all;
  auto& own = all[platform];
  if (!own) own = std::make_unique<Cases>(platform);
  for (auto _ : state) own->run();
}

void bare(benchmark::State& state, const std::string& platform) {
  const auto config = repository(platform);
  for (auto _ : state) {
    for (int i = 0; i < kCases; ++i) start_and_ask(config.platforms.front().process);
  }
}

}  // namespace

int main(int argc, char** argv) {
  std::ignore = std::signal(SIGPIPE, SIG_IGN);
  for (const auto& platform : kPlatforms) {
    benchmark::RegisterBenchmark(("cases/" + platform).c_str(), cases, platform)
        ->Unit(benchmark::kMillisecond);
    benchmark::RegisterBenchmark(("bare/" + platform).c_str(), bare, platform)->Unit(benchmark::kMillisecond);
  }
  tests::Medians medians;
  tests::run_interleaved(argc, argv, "15", "0.01", medians);
  for (const auto& platform : kPlatforms) {
    const double bare_time = medians.median("bare/" + platform) / kCases;
    if (bare_time == 0) continue;  // left out with --benchmark_filter
    const double case_time = medians.median("cases/" + platform) / kCases;
    std::printf("%-7s fork, exec and a line %7.2f ms   case %7.2f ms   ratio %5.2f  (budget 1.20)\n",
                platform.c_str(), bare_time, case_time, case_time / bare_time);
  }
}
