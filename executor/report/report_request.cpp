// Which report is wanted, and where: "junit", "junit:report.xml". It must not know how a report is written.
#include "executor/report/report_request.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "executor/text/nearest.h"
#include "executor/text/quote.h"

namespace executor::report {
namespace {

struct Named {
  std::string_view name;
  std::string_view file;
};
constexpr std::array<Named, 6> kFormats{{{"console", ""},
                                         {"junit", "junit.xml"},
                                         {"messages", "messages.ndjson"},
                                         {"html", "report.html"},
                                         {"github", ""},
                                         {"json", "report.json"}}};

}  // namespace

std::string_view name_of(Format format) {
  return kFormats.at(static_cast<std::size_t>(format)).name;
}

std::string_view default_file(Format format) {
  return kFormats.at(static_cast<std::size_t>(format)).file;
}

tl::expected<ReportRequest, std::string> parse_report(const std::string& text) {
  const auto colon = text.find(':');
  const auto name = text.substr(0, colon);
  const auto found = std::find_if(kFormats.begin(), kFormats.end(),
                                  [&name](const Named& format) { return format.name == name; });
  if (found == kFormats.end()) {
    std::vector<std::string> known;
    for (const auto& format : kFormats) known.emplace_back(format.name);
    return tl::unexpected(fmt::format("expected console, junit, messages, html, github or json, found '{}'{}",
                                      text::quote(name), text::did_you_mean(name, known)));
  }
  if (colon != std::string::npos && colon + 1 == text.size()) {
    return tl::unexpected(fmt::format("'{}' names no file behind its colon", text::quote(text)));
  }
  return ReportRequest{static_cast<Format>(found - kFormats.begin()),
                       colon == std::string::npos ? std::string() : text.substr(colon + 1)};
}

}  // namespace executor::report
