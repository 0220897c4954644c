// Which report is wanted, and where: "junit", "junit:report.xml". It must not know how a report is written.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

namespace executor::report {

enum class Format { console, junit, messages, html, github, json };

struct ReportRequest {
  Format format = Format::console;
  std::string file;  ///< empty: where the format goes by itself; "-" is stdout

  bool operator==(const ReportRequest&) const = default;
};

/// "console", "junit", …
std::string_view name_of(Format format);

/// The name of the file in the artifacts that a run writes where none is given; empty for what goes to
/// stdout.
std::string_view default_file(Format format);

/// Reads FORMAT[:FILE]. The error names the formats, and the nearest.
tl::expected<ReportRequest, std::string> parse_report(const std::string& text);

}  // namespace executor::report
