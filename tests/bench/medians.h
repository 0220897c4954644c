// A reporter for benchmarks that are compared with each other: it keeps the real time of each repetition.
#pragma once

#include <benchmark/benchmark.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

namespace tests {

class Medians : public benchmark::ConsoleReporter {
 public:
  void ReportRuns(const std::vector<Run>& runs) override {
    for (const auto& run : runs) {
      if (run.run_type == Run::RT_Iteration)
        times_[run.run_name.function_name].push_back(run.GetAdjustedRealTime());
    }
  }
  /// 0 if it was not run.
  double median(const std::string& name) {
    auto& times = times_[name];
    if (times.empty()) return 0;
    std::nth_element(times.begin(), times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2),
                     times.end());
    return times[times.size() / 2];
  }

 private:
  std::map<std::string, std::vector<double>> times_;
};

/// Runs all benchmarks, the repetitions of one between those of the others.
inline void run_interleaved(int argc, char** argv, const std::string& repetitions,
                            const std::string& min_time, Medians& medians) {
  std::vector<char*> words(argv, argv + argc);
  std::string interleave = "--benchmark_enable_random_interleaving=true";
  std::string repeat = "--benchmark_repetitions=" + repetitions;
  std::string time = "--benchmark_min_time=" + min_time;
  words.insert(words.begin() + 1, {interleave.data(), repeat.data(), time.data()});
  int count = static_cast<int>(words.size());
  benchmark::Initialize(&count, words.data());
  benchmark::RunSpecifiedBenchmarks(&medians);
}

}  // namespace tests
