// Makes the report that is wanted of what was recorded. It must not know why it is wanted.
#pragma once

#include <filesystem>
#include <ostream>
#include <string>

#include <tl/expected.hpp>

#include "executor/report/console.h"
#include "executor/report/recording.h"
#include "executor/report/report_request.h"

namespace executor::report {

/// What a report depends on besides the recording.
struct ReportSurroundings {
  std::filesystem::path folder;        ///< for files that no name was given for; empty: these go to stdout
  std::filesystem::path step_summary;  ///< GITHUB_STEP_SUMMARY; empty: outside of GitHub Actions
  ConsoleOptions console;              ///< for a console report
};

/// Blocks until it is written: to its file, whose folder is made if need be, or to `out`. Returns the file;
/// empty if it went to `out`. The error is a message that names the file.
tl::expected<std::filesystem::path, std::string> write_report(const Recording& recording,
                                                              const ReportRequest& request,
                                                              const ReportSurroundings& around,
                                                              std::ostream& out);

}  // namespace executor::report
