// JUnit XML as Surefire writes it and Jenkins, GitLab and others read it. It must not know who reads it.
#pragma once

#include <ostream>

#include "executor/report/recording.h"

namespace executor::report {

/// One `testsuite` for each feature file in each combination, whose properties say what it ran on; a
/// `testcase` for each case. A case that could not run is an `error`; attempts before the last are Surefire's
/// `flakyFailure` and `rerunFailure`.
void write_junit(const Recording& recording, std::ostream& out);

}  // namespace executor::report
