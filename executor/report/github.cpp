// What GitHub Actions shows of a run: annotations at lines of feature files, and a summary of the job. It
// must not know how the log is printed.
#include "executor/report/github.h"

#include <fmt/format.h>

#include "executor/report/cause.h"
#include "executor/report/clean.h"
#include "executor/report/evidence.h"
#include "executor/report/left_behind.h"
#include "executor/report/pair_matrix.h"
#include "executor/text/units.h"

namespace executor::report {
namespace {

constexpr std::size_t kMessageBytes = 3000;
constexpr std::size_t kFailureBytes = 4000;
constexpr std::size_t kFailuresOfACause = 20;

/// As the runner decodes it: a message may hold anything, a property's value may hold no ':' and ','.
std::string escaped(std::string_view text, bool is_property) {
  std::string out;
  for (const char c : text) {
    const bool special = c == '%' || c == '\r' || c == '\n' || (is_property && (c == ':' || c == ','));
    out += special ? fmt::format("%{:02X}", static_cast<unsigned>(c)) : std::string(1, c);
  }
  return out;
}

/// Markdown that shows the text as it is: every character that could mean something is an HTML entity.
std::string markdown(std::string_view text) {
  std::string out;
  for (const char c : clean_line(text)) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == ' ' || std::string_view(".,=;()").find(c) != std::string_view::npos || c == '-' ||
                       c == '/' || c == '\'' || (static_cast<unsigned char>(c) & 0x80U) != 0;
    out += plain ? std::string(1, c)
                 : fmt::format("&#{};", static_cast<unsigned>(static_cast<unsigned char>(c)));
  }
  return out;
}

struct Found {
  std::vector<Cause> causes;
  std::string in_common;
};

Found find_causes(const Recording& recording) {
  CauseFinder finder;
  for (std::size_t i = 0; i < recording.cases().size(); ++i) finder.add(i, recording.report(i));
  return {finder.causes(), finder.in_common()};
}

/// The place of a report as GitHub knows it: from the top of the repository.
std::string place_of(const Recording& recording, const model::CaseReport& report) {
  auto location = report.location;
  if (report.culprit_step && *report.culprit_step < report.steps.size()) {
    location = report.steps[*report.culprit_step].location;
  }
  const auto& folder = recording.runs().front().planned.folder;
  const auto file = folder.empty() ? location.uri : folder + "/" + location.uri;
  auto place = fmt::format("file={},line={}", escaped(clean_line(file), true), location.line);
  if (location.column > 0) place += fmt::format(",col={}", location.column);
  return place;
}

void annotate(const Recording& recording, const Cause& cause, std::size_t more, std::ostream& out) {
  const auto report = recording.report(cause.cases.front());
  auto title = clean_line(shortened(headline(report), 200));
  auto text = fmt::format("{}\n{}", report.id.text(), describe_failure(report));
  if (cause.cases.size() > 1)
    text = fmt::format("{} fail like this.{}\n{}", text::counted(cause.cases.size(), "case"),
                       cause.explanation.empty() ? "" : " " + cause.explanation + ".", text);
  if (more > 0)
    text += fmt::format("\n{} not shown: GitHub keeps ten annotations.", text::counted(more, "more cause"));
  out << fmt::format("::error {},title={}::{}\n", place_of(recording, report), escaped(title, true),
                     escaped(clean_text(text, kMessageBytes), false));
}

std::string cell_text(const PairCell& cell) {
  if (cell.all() == 0) return "";
  std::string text;
  const auto add = [&text](std::size_t number, std::string_view what) {
    if (number > 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", number, what);
  };
  add(cell.failed, "failed");
  add(cell.could_not_run, "could not run");
  if (!text.empty()) return fmt::format("❌ {} of {}", text, cell.all());
  if (cell.passed == 0) return fmt::format("⏭️ {} skipped", cell.skipped);
  add(cell.flaky, "flaky");
  return fmt::format("✅ {}{}", cell.passed, text.empty() ? "" : fmt::format(" ({})", text));
}

std::string matrix_table(const Recording& recording) {
  const auto matrix = pair_matrix(recording);
  auto out = fmt::format("| {} ↓ {} → |", markdown(matrix.row_title), markdown(matrix.column_title));
  for (const auto& column : matrix.platforms) out += fmt::format(" {} |", markdown(column));
  out += "\n|---|";
  for (std::size_t i = 0; i < matrix.platforms.size(); ++i) out += "---|";
  for (const auto& row : matrix.platforms) {
    out += fmt::format("\n| **{}** |", markdown(row));
    for (const auto& column : matrix.platforms) {
      const auto cell = matrix.cells.find({row, column});
      out += fmt::format(" {} |", cell == matrix.cells.end() ? std::string() : cell_text(cell->second));
    }
  }
  return out + "\n\n";
}

std::string heading(const Recording& recording, const std::string& in_common) {
  const auto& totals = recording.totals();
  const auto left = recording.left_behind();
  const bool is_red = totals.failed + totals.could_not_run > 0 || !is_clean(left);
  auto out = fmt::format("## {} {}: {} passed{}, {} failed, {} skipped, {} could not run in {}\n\n",
                         is_red ? "❌" : "✅", text::counted(recording.cases().size(), "case"), totals.passed,
                         totals.flaky > 0 ? fmt::format(" ({} flaky)", totals.flaky) : "", totals.failed,
                         totals.skipped, totals.could_not_run, text::format_duration(recording.duration()));
  if (const auto reason = recording.stopped_because(); !reason.empty()) {
    out += fmt::format("**Stopped:** {}\n\n", markdown(reason));
  }
  if (totals.not_over > 0)
    out += fmt::format("{} not run to the end.\n\n", text::counted(totals.not_over, "case"));
  if (!in_common.empty()) out += fmt::format("**{}**\n\n", markdown(in_common));
  if (!is_clean(left)) {
    out += fmt::format("### {}\n\n<pre>{}</pre>\n\n", headline(left),
                       html_escaped(clean_text(describe(left), kFailureBytes)));
  }
  return out;
}

/// `<pre>` at the start of a line shows everything up to its end, empty lines too.
std::string folded(const model::CaseReport& report) {
  return fmt::format("<details><summary><code>{}</code></summary>\n\n<pre>{}</pre>\n\n</details>\n",
                     html_escaped(clean_line(report.id.text())),
                     html_escaped(clean_text(describe_failure(report), kFailureBytes)));
}

}  // namespace

void write_annotations(const Recording& recording, std::ostream& out) {
  for (const auto& run : recording.runs()) {
    if (run.failed) {
      out << fmt::format("::error title=cexec could not run::{}\n",
                         escaped(clean_text(run.failed->reason, kMessageBytes), false));
      return;
    }
  }
  const auto left = recording.left_behind();
  if (!is_clean(left)) {
    out << fmt::format("::error title={}::{}\n", escaped(headline(left), true),
                       escaped(clean_text(describe(left), kMessageBytes), false));
  }
  const auto causes = find_causes(recording).causes;
  const auto most = kMostAnnotations - (is_clean(left) ? 0 : 1);
  for (std::size_t i = 0; i < causes.size() && i < most; ++i) {
    const bool is_last = i + 1 == most;
    annotate(recording, causes[i], is_last ? causes.size() - most : 0, out);
  }
  if (recording.totals().flaky == 0) return;
  std::string ids;
  for (const auto& one : recording.cases()) {
    if (one.is_flaky) ids += one.id.text() + "\n";
  }
  out << fmt::format("::warning title={} flaky::passed at a later attempt:%0A{}\n",
                     text::counted(recording.totals().flaky, "case"),
                     escaped(clean_text(ids, kMessageBytes), false));
}

void write_summary(const Recording& recording, std::ostream& out, std::size_t most) {
  constexpr std::size_t kRoomForTheEnd = 200;
  const auto found = find_causes(recording);
  std::size_t used = 0;
  std::size_t dropped = 0;
  const auto put = [&](const std::string& part) {
    if (used + part.size() + kRoomForTheEnd > most) return false;
    out << part;
    used += part.size();
    return true;
  };
  put(heading(recording, found.in_common));
  put(matrix_table(recording));
  bool has_room = true;
  for (const auto& cause : found.causes) {
    const auto first = recording.report(cause.cases.front());
    has_room =
        has_room && put(fmt::format("### {}: {}\n\n{}", text::counted(cause.cases.size(), "failure"),
                                    markdown(shortened(headline(first), 300)),
                                    cause.explanation.empty() ? "" : markdown(cause.explanation) + ".\n\n"));
    for (std::size_t i = 0; i < cause.cases.size(); ++i) {
      const bool is_wanted = i < kFailuresOfACause;
      const bool is_shown = has_room && is_wanted && put(folded(recording.report(cause.cases[i])));
      if (!is_shown) ++dropped;
      has_room = has_room && (is_shown || !is_wanted);
    }
    has_room = has_room && put("\n");
  }
  if (dropped > 0)
    out << fmt::format("\n{} not shown here; the other reports have all.\n",
                       text::counted(dropped, "failure"));
}

}  // namespace executor::report
