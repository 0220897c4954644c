// Events that every reporter's golden test is fed: a run with each way that a case can end.
#pragma once

#include <string>
#include <vector>

#include "executor/model/event.h"

namespace tests {

/// The report of a case in that line, of one step that passed and one with the outcome.
executor::model::CaseReport report(const std::string& line, executor::model::Outcome outcome);
/// The same with evidence.
executor::model::CaseReport red(const std::string& line, executor::model::Outcome outcome);

/// Without a plan.
std::vector<executor::model::Event> a_run();
/// The same with its plan, its feature file, a flaky case and one that failed twice.
std::vector<executor::model::Event> a_recorded_run();

/// As in a file.
std::string as_lines(const std::vector<executor::model::Event>& events);

}  // namespace tests
