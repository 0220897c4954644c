// The result as one page that needs nothing else: no network, no other file. It must not know who looks at
// it.
#include "executor/report/html.h"

#include <fmt/format.h>

#include <map>

#include "base/json.h"
#include "executor/report/cause.h"
#include "executor/report/clean.h"
#include "executor/report/event_json.h"
#include "executor/report/evidence.h"
#include "executor/report/html_parts.h"
#include "executor/report/left_behind.h"
#include "executor/report/pair_matrix.h"
#include "executor/text/quote.h"

namespace executor::report {
namespace {

using base::json::Writer;

/// JSON that may stand in a script element: whatever it says, it does not end the element.
std::string inert(std::string_view json) {
  std::string out;
  out.reserve(json.size() + json.size() / 16);
  for (const char c : json) out += c == '<' ? std::string_view("\\u003c") : std::string_view(&c, 1);
  return out;
}

void write_life(Writer& out, const std::optional<std::chrono::milliseconds>& moment) {
  if (moment) {
    out.value(moment->count());
  } else {
    out.null();
  }
}

/// What the list, the matrix and the time chart need of all cases.
class Index {
 public:
  explicit Index(const Recording& recording) : recording_(recording), matrix_(pair_matrix(recording)) {
    for (std::size_t i = 0; i < matrix_.platforms.size(); ++i) platform_[matrix_.platforms[i]] = i;
    cases_.begin_array();
  }

  void add(std::size_t number, const model::CaseReport& report) {
    const auto& known = recording_.cases()[number];
    finder_.add(number, report);
    cases_.begin_object().member("s", known.scenario).member("c", static_cast<int>(known.category));
    cases_.member("o", model::name_of(report.outcome)).member("d", report.duration.count());
    cases_.member("t", report.started.count());
    if (known.is_flaky) cases_.member("f", true);
    if (!model::is_passed(report.outcome)) cases_.member("h", clean_line(headline(report), 300));
    cases_.key("p").begin_array();
    for (const auto& platform : known.platforms) cases_.value(platform_.at(platform.text()));
    cases_.end_array().key("l").begin_array();
    for (const auto& instance : report.instances) {
      cases_.begin_array().value(instance.process.text()).value(instance.platform.text());
      write_life(cases_, instance.life.created);
      write_life(cases_, instance.life.started);
      write_life(cases_, instance.life.ready);
      write_life(cases_, instance.life.ended);
      cases_.end_array();
    }
    cases_.end_array().end_object();
  }

  std::string finish() {
    cases_.end_array();
    Writer out;
    out.begin_object().member("durationMs", recording_.duration().count());
    out.member("stoppedBecause", clean_line(recording_.stopped_because()));
    const auto left = recording_.left_behind();
    out.member("leftHeadline", headline(left)).member("left", is_clean(left) ? "" : describe(left));
    out.member("rowTitle", matrix_.row_title).member("columnTitle", matrix_.column_title);
    out.member("inCommon", finder_.in_common());
    write_runs(out);
    write_platforms(out);
    write_scenarios(out);
    write_causes(out);
    out.key("cases").raw(cases_.text()).end_object();
    return out.take();
  }

 private:
  void write_runs(Writer& out) const {
    out.key("runs").begin_array();
    for (const auto& run : recording_.runs()) {
      out.begin_object().member("run", run.planned.run.text()).member("mode", run.planned.mode);
      out.member("begunMs", run.planned.begun.count());
      out.member("engine", run.started ? clean_line(run.started->engine) : "").end_object();
    }
    out.end_array();
  }

  void write_platforms(Writer& out) const {
    std::map<std::string, model::PlatformImage> images;
    for (const auto& platform : recording_.platforms()) images[platform.name.text()] = platform;
    out.key("platforms").begin_array();
    for (const auto& name : matrix_.platforms) {
      const auto& image = images[name];
      out.begin_object().member("name", name).member("reference", clean_line(image.reference));
      out.member("id", short_id(image.id)).end_object();
    }
    out.end_array();
  }

  void write_scenarios(Writer& out) const {
    out.key("scenarios").begin_array();
    for (const auto& scenario : recording_.scenarios()) {
      out.begin_object().member("uri", scenario.location.uri).member("line", scenario.location.line);
      out.member("feature", scenario.feature).member("name", scenario.scenario).key("tags").begin_array();
      for (const auto& tag : scenario.tags) out.value(tag);
      out.end_array().key("processes").begin_array();
      for (const auto& process : scenario.processes) out.value(process.text());
      out.end_array().end_object();
    }
    out.end_array();
  }

  void write_causes(Writer& out) const {
    out.key("causes").begin_array();
    for (const auto& cause : finder_.causes()) {
      out.begin_object().member("explanation", cause.explanation).key("cases").begin_array();
      for (const auto number : cause.cases) out.value(number);
      out.end_array().end_object();
    }
    out.end_array();
  }

  const Recording& recording_;
  const PairMatrix matrix_;
  std::map<std::string, std::size_t> platform_;
  CauseFinder finder_;
  Writer cases_;
};

}  // namespace

void write_html(const Recording& recording, std::ostream& out) {
  constexpr std::string_view kHole = "<!--cexec-data-->";
  constexpr std::string_view kStyle = "<!--cexec-style-->";
  const auto page = page_html();
  const auto style = page.find(kStyle);
  const auto hole = page.find(kHole);
  out << page.substr(0, style) << "<style>\n" << page_css() << "</style>";
  out << page.substr(style + kStyle.size(), hole - style - kStyle.size());
  Index index(recording);
  for (std::size_t i = 0; i < recording.cases().size(); ++i) {
    const auto report = recording.report(i);
    index.add(i, report);
    Writer one;
    write_case(one, report);
    out << "<script type=\"application/json\" id=\"case-" << i << "\">" << inert(one.text()) << "</script>\n";
  }
  out << "<script type=\"application/json\" id=\"index\">" << inert(text::valid_utf8(index.finish()))
      << "</script>\n";
  out << "<script>\n" << page_js() << "</script>" << page.substr(hole + kHole.size());
}

}  // namespace executor::report
