// How one run of a case went beside the recorded one, step by step. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "executor/bundle/manifest.h"

namespace executor::replay {

using bundle::RecordedEnd;

enum class Sameness {
  same,              ///< outcome, deciding step and message are the same
  same_but_numbers,  ///< the same, with other numbers in the message: a time, a port, an address
  departs,
};

struct StepComparison {
  std::string place;
  std::string text;
  std::string recorded;  ///< outcome; "-" if there was no such step
  std::string now;
  bool is_same = true;
};

struct Comparison {
  Sameness sameness = Sameness::same;
  std::vector<StepComparison> steps;
  std::string departure;  ///< where it departs first, and how; empty if it does not
};

Comparison compare(const RecordedEnd& recorded, const RecordedEnd& now);

}  // namespace executor::replay
