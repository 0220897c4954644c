// The result as one JSON object, for programs: docs/reports.md. It must not know who reads it.
#include "executor/report/json_report.h"

#include "base/json.h"
#include "executor/report/cause.h"
#include "executor/report/clean.h"
#include "executor/report/event_json.h"
#include "executor/report/left_behind.h"

namespace executor::report {
namespace {

using base::json::Writer;

void write_runs(Writer& out, const Recording& recording) {
  out.key("runs").begin_array();
  for (const auto& run : recording.runs()) {
    out.begin_object().member("run", run.planned.run.text()).member("mode", run.planned.mode);
    out.member("cexec", run.planned.version).member("begunMs", run.planned.begun.count());
    if (run.started) out.member("engine", clean_line(run.started->engine));
    out.member("isWhole", run.finished.has_value());
    if (run.finished) out.member("durationMs", run.finished->duration.count());
    if (run.finished && run.finished->stopped_because)
      out.member("stoppedBecause", clean_line(*run.finished->stopped_because));
    if (run.failed) out.member("failed", clean_text(run.failed->reason));
    out.end_object();
  }
  out.end_array();
}

void write_platforms(Writer& out, const Recording& recording) {
  out.key("platforms").begin_array();
  for (const auto& platform : recording.platforms()) {
    out.begin_object()
        .member("name", platform.name.text())
        .member("reference", clean_line(platform.reference));
    out.member("id", platform.id).end_object();
  }
  out.end_array();
}

void write_totals(Writer& out, const Recording& recording) {
  const auto& totals = recording.totals();
  out.key("totals").begin_object().member("cases", recording.cases().size());
  out.member("passed", totals.passed).member("flaky", totals.flaky).member("failed", totals.failed);
  out.member("skipped", totals.skipped).member("couldNotRun", totals.could_not_run);
  out.member("notOver", totals.not_over).end_object();
}

/// null: it is not known.
void write_left(Writer& out, const Left& left) {
  out.key("leftBehind");
  if (!left) {
    out.null();
    return;
  }
  out.begin_array();
  for (const auto& object : *left) {
    out.begin_object().member("what", clean_line(object.what));
    out.member("case", object.case_id.text()).end_object();
  }
  out.end_array();
}

void write_causes(Writer& out, const Recording& recording, const CauseFinder& finder) {
  out.key("causes").begin_array();
  for (const auto& cause : finder.causes()) {
    out.begin_object().member("signature", clean_line(cause.signature));
    if (!cause.explanation.empty()) out.member("explanation", cause.explanation);
    out.key("cases").begin_array();
    for (const auto i : cause.cases) out.value(recording.cases()[i].id.text());
    out.end_array().end_object();
  }
  out.end_array();
}

}  // namespace

void write_json(const Recording& recording, std::ostream& out) {
  Writer head;
  head.begin_object().member("format", "cexec-report").member("version", kJsonReportVersion);
  write_totals(head, recording);
  head.member("durationMs", recording.duration().count());
  if (const auto reason = recording.stopped_because(); !reason.empty())
    head.member("stoppedBecause", clean_line(reason));
  write_left(head, recording.left_behind());
  write_runs(head, recording);
  write_platforms(head, recording);
  // The cases are written one by one, so that memory holds one of them.
  out << head.text() << ",\"cases\":[";
  CauseFinder finder;
  for (std::size_t i = 0; i < recording.cases().size(); ++i) {
    const auto report = recording.report(i);
    finder.add(i, report);
    Writer one;
    write_case(one, report);
    out << (i == 0 ? "\n" : ",\n") << one.text();
  }
  Writer tail;
  tail.begin_object();
  write_causes(tail, recording, finder);
  tail.end_object();
  out << "\n]," << tail.text().substr(1) << '\n';
}

}  // namespace executor::report
