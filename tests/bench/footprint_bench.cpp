// What cexec itself takes: memory for the plan of many cases and in a flood of output, and the time from its
// start to its first request for a container. Prints figures beside their budgets.
//
//     scripts/bench        needs an engine and the image of the platform `cpp`
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "tests/bench/cpp_platform.h"
#include "tests/support/fault_proxy.h"
#include "tests/support/process.h"
#include "tests/support/temp_folder.h"

namespace {

using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::duration<double, std::milli>;
constexpr std::chrono::seconds kPatience{600};
constexpr double kMegabyte = 1e6;

double megabytes(std::int64_t bytes) {
  return static_cast<double>(bytes) / kMegabyte;
}

tests::Finished run_cexec(const tests::TempFolder& folder, std::vector<std::string> words,
                          tests::Process::Options options = {}) {
  words.insert(words.begin(), CEXEC_BINARY);
  options.folder = folder.path();
  auto ran = tests::run(std::move(words), std::move(options), kPatience);
  if (ran.exit_code == 0) return ran;
  std::printf("%s%s", ran.out.c_str(), ran.err.c_str());
  std::exit(1);
}

/// A server of a few lines of shell that writes so many log messages of 16 KiB within its step.
std::string flooding_server(int messages) {
  return R"(#!/bin/sh
message=$(printf '%016384d' 0)
while read -r line; do
  id=${line#*\"id\":}
  id=${id%%,*}
  case $line in
    *'"health"'*) result='{"status":"ok","protocol":1,"platform":"flood","version":"1","capabilities":[]}' ;;
    *'"executeStep"'*)
      yes "{\"jsonrpc\":\"2.0\",\"method\":\"log\",\"params\":{\"level\":\"info\",\"message\":\"$message\"}}" |
        head -n )" +
         std::to_string(messages) + R"(
      result='{"success":true}' ;;
    *) result='{}' ;;
  esac
  printf '{"jsonrpc":"2.0","id":%s,"result":%s}\n' "$id" "$result"
  case $line in *'"shutdown"'*) exit 0 ;; esac
done
)";
}

std::int64_t peak_with_flood(int messages) {
  const tests::TempFolder folder;
  folder.write("server.sh", flooding_server(messages));
  folder.write("features/f.feature", "Feature: f\n Scenario: s\n  When the 'w' process floods\n");
  folder.write("cexec.yaml", "version: 1\nplatforms:\n  flood:\n    process: [sh, server.sh]\n");
  return run_cexec(folder, {"-q", "--step-timeout", "10m"}).peak_memory;
}

void measure_flood() {
  constexpr int kMessages = 65'536;
  const auto quiet = peak_with_flood(1);
  const auto flooded = peak_with_flood(kMessages);
  std::printf("memory of a case                    %8.1f MB\n", megabytes(quiet));
  std::printf("... with 1 GB on stdout             %8.1f MB  + %.1f MB  (budget + 8 MB)\n",
              megabytes(flooded), megabytes(flooded - quiet));
}

/// Nine combinations of each row.
void measure_plan() {
  constexpr int kRows = 11'112;
  const tests::TempFolder folder;
  std::string text =
      "Feature: f\n Scenario Outline: s <n>\n  When the 'a' process writes <n>\n  Then the 'b' process reads "
      "<n>\n Examples:\n  | n |\n";
  for (int row = 0; row < kRows; ++row) text += "  | " + std::to_string(row) + " |\n";
  folder.write("features/f.feature", text);
  std::string config = "version: 1\nplatforms:\n";
  for (const auto* name : {"one", "two", "three"})
    config += std::string("  ") + name + ":\n    process: [\"true\"]\n";
  folder.write("cexec.yaml", config);
  const auto planned = run_cexec(folder, {"--dry-run", "-q"});
  std::printf("memory of a plan of 100,008 cases   %8.1f MB  (budget 40 MB)\n",
              megabytes(planned.peak_memory));
}

/// The median of some runs. The engine's own answers to what comes before are in it.
void measure_start() {
  const tests::TempFolder folder;
  folder.write("features/f.feature", "Feature: f\n Scenario: s\n  When the 'w' process starts\n");
  folder.write("cexec.yaml",
               "version: 1\nplatforms:\n  cpp:\n    image: \"" + tests::cpp_image().reference + "\"\n");
  const auto engine = docker::find_endpoint(docker::process_environment()).value();
  std::vector<double> spans;
  for (int i = 0; i < 11; ++i) {
    std::atomic<bool> is_first{true};
    std::atomic<double> span{0};
    const auto begin = Clock::now();
    const auto note_create = [&](const std::string& request) {
      const bool is_create = request.find("/containers/create") != std::string::npos;
      if (is_create && is_first.exchange(false)) span = Milliseconds(Clock::now() - begin).count();
      return tests::Treatment{};
    };
    tests::FaultProxy proxy(engine.socket_path, {note_create, {}});
    run_cexec(folder, {"--container-seq", "-q"}, {{}, {{"DOCKER_HOST", proxy.docker_host()}}});
    spans.push_back(span);
  }
  std::nth_element(spans.begin(), spans.begin() + 5, spans.end());
  std::printf("start to first container request    %8.1f ms  (budget 15 ms)\n", spans[5]);
}

}  // namespace

int main() {
  measure_plan();
  measure_flood();
  measure_start();
}
