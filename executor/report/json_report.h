// The result as one JSON object, for programs: docs/reports.md. It must not know who reads it.
#pragma once

#include <ostream>

#include "executor/report/recording.h"

namespace executor::report {

/// Of the report's form; a member that is new does not change it.
inline constexpr int kJsonReportVersion = 1;

void write_json(const Recording& recording, std::ostream& out);

}  // namespace executor::report
