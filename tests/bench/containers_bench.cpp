// What isolation costs: whole runs of a generated suite in fresh containers, beside the plain rate at which
// the engine itself gets through as many containers of the same kind with network none, at its best
// concurrency. Prints ratios.
//
//     scripts/bench        needs an engine and the image of the platform `cpp`
#include <poll.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <vector>

#include "base/wait.h"
#include "docker/attach.h"
#include "docker/container_lifecycle.h"
#include "docker/endpoint.h"
#include "docker/exit_watch.h"
#include "executor/config/loader.h"
#include "executor/instance/container_spec.h"
#include "tests/bench/cpp_platform.h"
#include "tests/support/process.h"
#include "tests/support/temp_folder.h"

namespace {

using namespace executor;
/// For one whole run.
constexpr std::chrono::seconds kPatience{1800};

using Seconds = std::chrono::duration<double>;

/// What both sides run: a server that writes to its own /tmp.
std::string config_text() {
  return "version: 1\nplatforms:\n  cpp:\n    image: \"" + tests::cpp_image().reference +
         "\"\n    environment: {CEXEC_EXCHANGE: /tmp}\n";
}

docker::ContainerSpec make_spec() {
  const tests::TempFolder folder;
  folder.write("cexec.yaml", config_text());
  const auto config = config::load(folder.path() / "cexec.yaml", docker::process_environment()).value();
  instance::Surroundings around;
  around.process = model::ProcessName("w");
  around.image_id = tests::cpp_image().id;
  around.limits = config.platforms.front().limits;
  return instance::container_spec(config.platforms.front(), around);
}

/// One container's whole life, with nothing but the requests that it takes: its server ends with its stdin.
void live(const std::string& network_mode) {
  static const auto spec = make_spec();
  auto& engine = tests::engine();
  auto made = spec;
  made.name = tests::unique_name("bench");
  made.host.network_mode = network_mode;
  const auto id = docker::create_container(engine, made, tests::patient()).value().id;
  const auto stream = docker::attach_container(engine, id, tests::patient()).value();
  const auto exit = docker::watch_exit(engine, id, tests::patient()).value();
  tests::must(docker::start_container(engine, id, tests::patient()));
  stream->close_stdin();
  while (stream->read([](docker::StdStream, std::string_view) {}) == docker::AttachedStream::State::open) {
    base::wait_for(stream->fd(), POLLIN, tests::patient().deadline, {});
  }
  tests::must(docker::remove_container(engine, id, tests::patient()));
}

/// Runs until it is destroyed, and has a network namespace.
class Lender {
 public:
  Lender() {
    const auto id = containers_.create(make_spec());
    stream_ = docker::attach_container(tests::engine(), id, tests::patient()).value();
    tests::must(docker::start_container(tests::engine(), id, tests::patient()));
    network_mode = "container:" + id;
  }
  std::string network_mode;

 private:
  tests::Containers containers_;
  std::unique_ptr<docker::AttachedStream> stream_;
};

enum class Network { none, lent };

double lives_per_second(std::size_t at_a_time, int lives, Network network) {
  std::vector<std::unique_ptr<Lender>> lenders(at_a_time);
  if (network == Network::lent) {
    for (auto& lender : lenders) lender = std::make_unique<Lender>();
  }
  std::atomic<int> left = lives;
  const auto begin = std::chrono::steady_clock::now();
  {
    std::vector<std::jthread> threads;
    for (const auto& lender : lenders) {
      threads.emplace_back([&left, mode = lender ? lender->network_mode : "none"] {
        while (left-- > 0) live(mode);
      });
    }
  }
  return lives / Seconds(std::chrono::steady_clock::now() - begin).count();
}

/// The engine's best of several concurrencies.
double best_rate(const char* name, int lives, Network network) {
  double best = 0;
  for (const std::size_t at_a_time : {1U, 2U, 3U, 4U, 6U}) {
    const auto rate = lives_per_second(at_a_time, lives, network);
    std::printf("  raw, %s, %zu at a time %16.1f containers/s\n", name, at_a_time, rate);
    std::fflush(stdout);
    best = std::max(best, rate);
  }
  return best;
}

/// Scenarios with some processes, and four cheap steps.
struct Suite {
  Suite(int scenarios, int processes) {
    std::string text = "Feature: generated\n";
    for (int i = 0; i < scenarios; ++i) {
      text += "  Scenario: number " + std::to_string(i) + "\n";
      for (int step = 0; step < std::max(4, processes); ++step) {
        const std::string process = "p" + std::to_string(step % processes);
        // A step that is pending or undefined would make the case red: these are the cheapest that pass.
        text += "    When the '" + process + "' process creates journal 'j" + std::to_string(step) + "'\n";
      }
    }
    folder.write("features/generated.feature", text);
    folder.write("cexec.yaml", config_text());
  }
  /// Seconds that a whole run takes, all from the program's start to its end.
  double run(std::vector<std::string> words) const {
    words.insert(words.begin(), CEXEC_BINARY);
    words.emplace_back("-q");
    const auto begin = std::chrono::steady_clock::now();
    const auto ran = tests::run(words, {folder.path(), {}}, kPatience);
    const auto seconds = Seconds(std::chrono::steady_clock::now() - begin).count();
    if (ran.exit_code != 0) {
      std::printf("%s%s", ran.out.c_str(), ran.err.c_str());
      std::exit(1);
    }
    return seconds;
  }
  tests::TempFolder folder;
};

void compare(const char* name, const Suite& suite, const std::vector<std::string>& words, int containers,
             double rate, const char* budget) {
  const auto seconds = suite.run(words);
  std::printf("%-44s %6.1fs %6.1f containers/s  ratio %.2f  (%s)\n", name, seconds, containers / seconds,
              seconds / (containers / rate), budget);
  std::fflush(stdout);
}

void scaling(const char* what, int value, const Suite& suite, const std::vector<std::string>& words,
             int containers) {
  const auto seconds = suite.run(words);
  std::printf("  %s %-5d %6.1fs %6.1f containers/s\n", what, value, seconds, containers / seconds);
  std::fflush(stdout);
}

}  // namespace

/// `bench_containers full` adds the longer tables: cases 10 → 1,000, workers 1 → 8, processes 1 → 5.
int main(int argc, char** argv) {
  const bool is_full = argc > 1 && std::string(argv[1]) == "full";
  live("none");
  const auto rate = best_rate("network none", 40, Network::none);
  // Not what the budgets are measured by, but what there is to be had.
  best_rate("lent network", 60, Network::lent);
  const Suite small(20, 2);
  const Suite large(200, 2);
  compare("--container-seq, 20 scenarios x 2 processes", small, {"--container-seq"}, 40, rate, "budget 0.75");
  compare("--container-seq, 200 scenarios x 2", large, {"--container-seq"}, 400, rate, "budget 0.60");
  compare("--container-seq, 200, --provision-ahead 0", large, {"--container-seq", "--provision-ahead", "0"},
          400, rate, "for comparison");
  compare("--container-par --max-workers 4, 200 x 2", large, {"--container-par", "--max-workers", "4"}, 400,
          rate, "budget 0.63: 1.6 x the rate");
  compare("--container-seq --isolation run, 200 x 2", large, {"--container-seq", "--isolation", "run"}, 400,
          rate, "for comparison");
  if (!is_full) return 0;
  for (const int cases : {10, 100, 1000})
    scaling("cases", cases, Suite(cases, 2), {"--container-seq"}, 2 * cases);
  for (const int workers : {1, 2, 4, 8}) {
    scaling("workers", workers, large, {"--container-par", "--max-workers", std::to_string(workers)}, 400);
  }
  for (const int processes : {1, 2, 3, 5})
    scaling("processes", processes, Suite(60, processes), {"--container-seq"}, 60 * processes);
  return 0;
}
