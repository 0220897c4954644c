// How each platform got on with each other one: the first thing to look at. It must not know how it is shown.
#include "executor/report/pair_matrix.h"

#include <algorithm>
#include <set>

namespace executor::report {
namespace {

void add(PairCell& cell, const RecordedCase& one) {
  switch (one.category) {
    case model::Category::passed: ++cell.passed; break;
    case model::Category::failed: ++cell.failed; break;
    case model::Category::skipped: ++cell.skipped; break;
    case model::Category::could_not_run: ++cell.could_not_run; break;
  }
  if (one.is_flaky) ++cell.flaky;
}

/// Each pair once, however many of the case's processes make it.
std::set<std::pair<std::string, std::string>> pairs_of(const RecordedCase& one) {
  std::set<std::pair<std::string, std::string>> pairs;
  const auto& platforms = one.platforms;
  if (platforms.size() == 1) pairs.emplace(platforms[0].text(), platforms[0].text());
  for (std::size_t i = 0; i < platforms.size(); ++i) {
    for (std::size_t k = i + 1; k < platforms.size(); ++k)
      pairs.emplace(platforms[i].text(), platforms[k].text());
  }
  return pairs;
}

}  // namespace

PairMatrix pair_matrix(const Recording& recording) {
  PairMatrix matrix;
  std::set<std::vector<model::ProcessName>> processes;
  for (const auto& one : recording.cases()) {
    for (const auto& platform : one.platforms) {
      auto& known = matrix.platforms;
      if (std::find(known.begin(), known.end(), platform.text()) == known.end())
        known.push_back(platform.text());
    }
    for (const auto& pair : pairs_of(one)) add(matrix.cells[pair], one);
    processes.insert(recording.scenarios()[one.scenario].processes);
  }
  const bool agree = processes.size() == 1 && processes.begin()->size() == 2;
  matrix.row_title = agree ? processes.begin()->front().text() : "first process";
  matrix.column_title = agree ? processes.begin()->back().text() : "later process";
  return matrix;
}

}  // namespace executor::report
