// Makes the report that is wanted of what was recorded. It must not know why it is wanted.
#include "executor/report/write_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <system_error>

#include "executor/report/github.h"
#include "executor/report/html.h"
#include "executor/report/json_report.h"
#include "executor/report/junit.h"
#include "executor/report/messages_report.h"

namespace executor::report {
namespace {

namespace fs = std::filesystem;

using Written = tl::expected<void, std::string>;

/// `used` is what stands in the file already.
Written write_to(std::ostream& out, const Recording& recording, Format format, const ConsoleOptions& console,
                 std::size_t used) {
  switch (format) {
    case Format::console: {
      Console printer(out, console);
      replay(recording, printer);
      break;
    }
    case Format::junit: write_junit(recording, out); break;
    case Format::messages: return write_messages(recording, out);
    case Format::html: write_html(recording, out); break;
    case Format::github: write_summary(recording, out, kMostSummary - used); break;
    case Format::json: write_json(recording, out); break;
  }
  return {};
}

tl::unexpected<std::string> cannot_write(const fs::path& file, int error) {
  return tl::unexpected(
      fmt::format("{} cannot be written: {}", file.string(), std::generic_category().message(error)));
}

Written write_file(const fs::path& file, const Recording& recording, Format format, ConsoleOptions console,
                   std::ios::openmode mode) {
  std::error_code ignored;
  if (file.has_parent_path()) fs::create_directories(file.parent_path(), ignored);
  std::ofstream out(file, mode | std::ios::binary);
  if (!out) return cannot_write(file, errno);
  console.color = false;
  console.github_actions = false;
  const auto size = mode == std::ios::app ? fs::file_size(file, ignored) : 0;
  const auto used = ignored ? 0 : std::min<std::size_t>(size, kMostSummary);
  if (auto written = write_to(out, recording, format, console, used); !written) {
    return tl::unexpected(fmt::format("{}: {}", file.string(), written.error()));
  }
  out.flush();
  if (!out) return cannot_write(file, errno);
  return {};
}

}  // namespace

tl::expected<fs::path, std::string> write_report(const Recording& recording, const ReportRequest& request,
                                                 const ReportSurroundings& around, std::ostream& out) {
  fs::path file = request.file;
  auto mode = std::ios::trunc;
  if (request.format == Format::github && request.file.empty()) {
    // Annotations are obeyed where they are printed; the summary has its own file, which other steps share.
    write_annotations(recording, out);
    out.flush();
    if (around.step_summary.empty()) return fs::path();
    file = around.step_summary;
    mode = std::ios::app;
  } else if (request.file.empty() && !around.folder.empty() && !default_file(request.format).empty()) {
    file = around.folder / default_file(request.format);
  }
  if (file.empty() || file == "-") {
    auto written = write_to(out, recording, request.format, around.console, 0);
    out.flush();
    if (!written) return tl::unexpected(written.error());
    return fs::path();
  }
  if (auto written = write_file(file, recording, request.format, around.console, mode); !written) {
    return tl::unexpected(written.error());
  }
  return file;
}

}  // namespace executor::report
