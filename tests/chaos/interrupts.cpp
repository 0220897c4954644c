// chaos_interrupts RUNS SEED [CEXEC OPTION…]: SIGINT at a random moment of a run whose cases have sixteen
// containers each. The report is whole, the exit code is that of the signal, and nothing is left.
#include <fmt/format.h>
#include <signal.h>

#include <iostream>
#include <random>
#include <thread>

#include "docker/endpoint.h"
#include "tests/chaos/trial.h"

namespace tests::chaos {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

milliseconds since(Clock::time_point begin) {
  return std::chrono::duration_cast<milliseconds>(Clock::now() - begin);
}

/// One case with sixteen processes, and one after it.
std::string wide_feature() {
  std::string text = "Feature: wide\n Scenario: sixteen\n";
  for (int i = 0; i < 16; ++i) text += fmt::format("  When the 'p{}' process works 1\n", i);
  text += "  Then the 'p0' process works 1000\n Scenario: one\n  When the 'p0' process works 1\n";
  return text;
}

/// What is wrong with how an interrupted run ended; empty if nothing is.
std::string fault_of(const Finished& ended) {
  if (ended.exit_code == 0) return fault_of_report(ended.out);  // the signal came after its end
  if (ended.exit_code != 130) return fmt::format("exit code {}", ended.exit_code);
  const bool had_begun = ended.out.find(" cases\n") != std::string::npos;
  if (!had_begun) return {};
  if (!ended.out.ends_with("\n0 objects left behind\n")) return "its last line is missing";
  return fault_of_report(ended.out);
}

int run(int runs, unsigned seed, std::vector<std::string> mode) {
  const auto endpoint = docker::find_endpoint(docker::process_environment());
  if (!endpoint || !endpoint->is_unix())
    throw std::runtime_error("this needs an engine behind a unix socket");
  const auto client = client_of(endpoint->socket_path);
  Setup setup{endpoint->socket_path, make_image(*client), std::move(mode), wide_feature()};
  const auto host = "unix://" + endpoint->socket_path;
  const auto begin = Clock::now();
  if (Run(setup, host).process().finish(300s).exit_code != 0) throw std::runtime_error("an undisturbed run");
  const auto usual = since(begin);
  std::mt19937 random(seed);
  int faults = 0;
  milliseconds longest{0};
  std::size_t most = 0;
  for (int i = 0; i < runs; ++i) {
    Run trial(setup, host);
    std::this_thread::sleep_for(milliseconds(std::uniform_int_distribution<long>(0, usual.count())(random)));
    const auto there = objects_of(*client, trial.owner()).size();
    const auto signalled = Clock::now();
    trial.process().signal(SIGINT);
    const auto ended = trial.process().finish(300s);
    const auto took = since(signalled);
    const auto left = objects_of(*client, trial.owner());
    const auto fault = fault_of(ended);
    if (!fault.empty() || !left.empty()) {
      ++faults;
      std::cout << fmt::format("{} left; {}\n{}{}\n", left.size(), fault, ended.out, ended.err);
    }
    most = std::max(most, there);
    longest = std::max(longest, took);
  }
  std::cout << fmt::format(
      "{} interrupts with up to {} objects there: {} faults, the longest end took {} ms\n", runs, most,
      faults, longest.count());
  return faults == 0 ? 0 : 1;
}

}  // namespace
}  // namespace tests::chaos

int main(int argc, char** argv) {
  const int runs = argc > 1 ? std::stoi(argv[1]) : 5;
  const auto seed = static_cast<unsigned>(argc > 2 ? std::stoul(argv[2]) : 1);
  std::vector<std::string> mode(argv + std::min(argc, 3), argv + argc);
  if (mode.empty()) mode = {"--container-seq"};
  return tests::chaos::run_to_its_end([&] { return tests::chaos::run(runs, seed, mode); });
}
