// What a run prints: each case as it ends, what is running now, failures with their evidence, and the two
// last lines that scripts read. Knows events only.
#include "executor/report/console.h"

#include <fmt/format.h>

#include <algorithm>

#include "executor/report/clean.h"
#include "executor/report/evidence.h"
#include "executor/report/left_behind.h"
#include "executor/text/units.h"

namespace executor::report {
namespace {

using model::Category;
using Detail = ConsoleOptions::Detail;
using namespace std::chrono_literals;

/// Failures that are shown in full: the first of each cause, or, with -v, all of them.
constexpr std::size_t kMostInFull = 50;
/// Ids below a cause, and causes in the list at the end.
constexpr std::size_t kMostOthers = 10;
constexpr std::size_t kMostCauses = 10;
constexpr std::size_t kMostRunning = 3;
/// Between two drawings that nothing was printed for.
constexpr auto kRedraw = 50ms;
/// What a line may take where there is no terminal that would say.
constexpr std::size_t kColumns = 80;

/// One that was given up before it began.
bool is_unbegun(const model::CaseReport& report) {
  return std::holds_alternative<model::Cancelled>(report.outcome) && report.steps.empty();
}

}  // namespace

Console::Console(std::ostream& out, ConsoleOptions options)
    : sink_(out), options_(std::move(options)), printer_(out_, options_.color, options_.github_actions) {
  if (options_.columns) live_ = std::make_unique<LiveArea>(sink_, options_.columns);
}

void Console::on_event(const model::Event& event) {
  const auto now = options_.now();
  std::visit([this](const auto& e) { print(e); }, event);
  put_out(now);
}

void Console::tick() {
  const auto now = options_.now();
  if (!live_ && !is_over_ && options_.detail != Detail::quiet) print_slow(now);
  put_out(now);
}

void Console::answer(std::ostream& other) {
  const auto now = options_.now();
  const auto text = progress_.text(now);
  if (!live_) {
    other << text << std::flush;
    return;
  }
  out_ << text;
  put_out(now);
}

void Console::put_out(TimePoint now) {
  const auto text = out_.str();
  out_.str({});
  if (!live_) {
    if (!text.empty()) sink_ << text << std::flush;
    return;
  }
  if (text.empty() && now - drawn_ < kRedraw) return;
  drawn_ = now;
  live_->print(text, is_over_ ? std::vector<std::string>() : area(now));
}

std::vector<std::string> Console::area(TimePoint now) const {
  if (progress_.total() == 0) {
    if (progress_.preparing().empty()) return {};
    return {printer_.dim(printer_.clean(progress_.preparing()))};
  }
  auto head = fmt::format("{}/{} done", progress_.done(), progress_.total());
  if (progress_.red() > 0) {
    const auto text = fmt::format("{} failed", progress_.red());
    head += "  " + (options_.color ? fmt::format("\x1b[31m{}\x1b[0m", text) : text);
  }
  if (const auto left = progress_.left(now))
    head += fmt::format("  about {} left", text::format_duration(*left));
  std::vector<std::string> lines{head};
  const auto running = progress_.running();
  for (std::size_t i = 0; i < std::min(running.size(), kMostRunning); ++i) {
    const auto& one = running[i];
    const auto age = base::between(one.since, now);
    const auto text = fmt::format("  {:>6}  {}", text::format_duration(age), printer_.clean(one.id));
    lines.push_back(options_.color && age > 10s ? fmt::format("\x1b[33m{}\x1b[0m", text) : text);
    lines.push_back(
        printer_.dim(fmt::format("          {}", one.step.empty() ? "starting" : printer_.clean(one.step))));
  }
  if (running.size() > kMostRunning)
    lines.push_back(fmt::format("  and {} more", running.size() - kMostRunning));
  return lines;
}

void Console::print_slow(TimePoint now) {
  for (const auto& one : progress_.slow_ones(now)) {
    out_ << fmt::format("slow    {:>6}  {}\n", text::format_duration(base::between(one.since, now)),
                        printer_.clean(one.id));
    if (!one.step.empty())
      out_ << clipped(fmt::format("      at {}", printer_.clean(one.step)), kColumns) << '\n';
  }
}

void Console::print(const model::Preparing& event) {
  if (options_.detail == Detail::quiet) return;
  // Of a build's output its steps show that it goes on; the rest is for -v, and for a failure.
  const bool is_step = event.text.starts_with("Step ");
  if (event.is_detail && !is_step && options_.detail != Detail::verbose) return;
  const auto line = fmt::format("{}  {}", event.platform.text(), printer_.clean(event.text));
  out_ << (event.is_detail ? printer_.dim(line) : line) << '\n';
}

void Console::print(const model::RunStarted& event) {
  cases_ = event.cases;
  if (options_.detail == Detail::quiet) return;
  out_ << fmt::format("run     {}\n", event.run.text());
  if (!event.engine.empty()) out_ << fmt::format("engine  {}\n", printer_.clean(event.engine));
  if (!event.limits.empty()) out_ << fmt::format("limits  {}\n", printer_.clean(event.limits));
  for (const auto& platform : event.platforms) {
    if (!platform.command.empty()) {
      out_ << fmt::format("process {}: {}\n", platform.name.text(), printer_.clean(platform.command));
      continue;
    }
    out_ << fmt::format("image   {}: {} ({})\n", platform.name.text(), printer_.clean(platform.reference),
                        short_id(platform.id));
  }
  out_ << fmt::format("\n{}\n", text::counted(event.cases, "case"));
}

void Console::print_case_line(const model::CaseReport& report, std::string_view prefix) {
  const auto name = fmt::format("{:<7}", report.is_flaky() ? "flaky" : model::name_of(report.outcome));
  out_ << fmt::format("{}{} {:>6}  {}", prefix, printer_.colored(report.outcome, name),
                      text::format_duration(report.duration), printer_.clean(report.id.text()));
  if (model::category_of(report.outcome) == Category::skipped) {
    out_ << "  (" << printer_.clean(model::message_of(report.outcome)) << ")";
  }
  out_ << '\n';
}

void Console::print(const model::CaseFinished& event) {
  const auto& report = event.report;
  ++counts_[model::category_of(report.outcome)];
  if (report.is_flaky()) ++flaky_;
  const bool red = model::is_red(report.outcome);
  // After a cancellation the many cases that were never begun are counted, not listed.
  if (is_unbegun(report)) {
    ++cancelled_;
    return;
  }
  keep(report);
  if (options_.groups) return print_group(report);
  if (options_.detail == Detail::quiet && !red) return;
  print_case_line(report);
  if (options_.show_tags && !report.tags.empty()) {
    printer_.print_label("tags", fmt::format("{}", fmt::join(report.tags, " ")));
  }
  if (red && options_.detail != Detail::quiet) {
    // One line of why; the whole of it stands at the end.
    const auto columns = live_ ? std::max<std::size_t>(live_->columns(), 20) - 1 : kColumns;
    const auto why = headline(report);
    printer_.print_block("", clipped(printer_.clean(why.substr(0, why.find('\n'))), columns - 8));
    return;
  }
  if (options_.detail == Detail::verbose) printer_.print_steps(report);
  for (const auto& warning : report.warnings) printer_.print_label("warning", warning);
}

void Console::print_group(const model::CaseReport& report) {
  print_case_line(report, "::group::");
  printer_.print_evidence(report, true);
  out_ << "::endgroup::\n";
}

void Console::keep(const model::CaseReport& report) {
  if (std::holds_alternative<model::Cancelled>(report.outcome)) {
    ++cancelled_;
    return;
  }
  const auto place = red_.size();
  const bool is_first = causes_.add(place, report);
  if (!model::is_red(report.outcome)) return;
  red_.emplace_back(report.outcome, report.id.text());
  // The outcome's texts are the report's to hold; here its name is what is needed.
  if (auto* failed = std::get_if<model::Failed>(&red_.back().first)) *failed = {};
  if ((is_first || options_.detail == Detail::verbose) && kept_.size() < kMostInFull)
    kept_.emplace(place, report);
}

void Console::print_others(const Cause& cause) {
  std::vector<std::size_t> others;
  for (const auto place : cause.cases) {
    if (!kept_.contains(place)) others.push_back(place);
  }
  if (others.empty()) return;
  out_ << fmt::format("    {} like this:\n", text::counted(others.size(), "more failure"));
  for (std::size_t i = 0; i < std::min(others.size(), kMostOthers); ++i) {
    out_ << fmt::format("      {}\n", printer_.clean(red_[others[i]].second));
  }
  if (others.size() > kMostOthers) out_ << fmt::format("      … and {} more\n", others.size() - kMostOthers);
}

/// Each failure once, those with the same cause together.
void Console::print_failures() {
  const auto causes = causes_.causes();
  if (causes.empty()) return;
  for (const auto& cause : causes) {
    bool any = false;
    for (const auto place : cause.cases) {
      const auto found = kept_.find(place);
      if (found == kept_.end()) continue;
      if (!any) out_ << '\n';
      print_case_line(found->second);
      printer_.print_evidence(found->second, options_.detail == Detail::verbose);
      any = true;
    }
    if (!any) continue;
    if (!cause.explanation.empty()) out_ << fmt::format("    {}\n", cause.explanation);
    print_others(cause);
  }
  if (red_.size() > 1) print_causes(causes);
}

/// What to read first, nearest to the prompt.
void Console::print_causes(const std::vector<Cause>& causes) {
  out_ << '\n';
  for (std::size_t i = 0; i < std::min(causes.size(), kMostCauses); ++i) {
    const auto& cause = causes[i];
    const auto place = cause.cases.front();
    const auto& [outcome, id] = red_[place];
    const auto found = kept_.find(place);
    auto why = found == kept_.end() ? std::string() : headline(found->second);
    why = clipped(printer_.clean(why.substr(0, why.find('\n'))), kColumns - 27);
    out_ << fmt::format("{:>4} {} {}\n", cause.cases.size(),
                        printer_.colored(outcome, fmt::format("{:<18}", model::name_of(outcome))), why);
    out_ << fmt::format("     {}\n", cause.explanation.empty() ? printer_.clean(id) : cause.explanation);
  }
  if (causes.size() > kMostCauses)
    out_ << fmt::format("     … and {} more causes\n", causes.size() - kMostCauses);
  if (const auto common = causes_.in_common(); !common.empty()) out_ << fmt::format("{}\n", common);
}

void Console::print(const model::Swept& event) {
  if (!event.removed.empty()) {
    out_ << fmt::format("swept   {} that dead runs had left\n",
                        text::counted(event.removed.size(), "object"));
  }
  for (const auto& failure : event.failures) out_ << "not swept: " << printer_.clean(failure) << '\n';
}

void Console::print(const model::EngineAbsence& event) {
  if (event.is_over) {
    out_ << fmt::format("engine  answers again after {}\n", text::format_duration(event.waited));
  } else {
    out_ << fmt::format("engine  does not answer, and is waited for, {} at most: {}\n",
                        text::format_duration(event.patience), printer_.clean(event.reason));
  }
}

void Console::print(const model::RunFailed& event) {
  is_over_ = true;
  if (!event.output.empty()) printer_.print_block("", event.output);
  out_ << fmt::format("cexec: {}\n", printer_.clean(event.reason));
  if (!event.hint.empty()) out_ << fmt::format("       {}\n", printer_.clean(event.hint));
}

void Console::print(const model::RunFinished& event) {
  is_over_ = true;
  print_failures();
  if (cancelled_ > 0 || event.stopped_because) out_ << '\n';
  if (cancelled_ > 0) {
    out_ << fmt::format("{} cancelled and {} as could not run\n",
                        cancelled_ == 1 ? "1 case was" : fmt::format("{} cases were", cancelled_),
                        cancelled_ == 1 ? "counts" : "count");
  }
  if (event.stopped_because) out_ << fmt::format("stopped: {}\n", printer_.clean(*event.stopped_because));
  out_ << '\n';
  print_totals(event);
}

void Console::print_totals(const model::RunFinished& event) {
  if (event.left_behind) {
    for (const auto& object : *event.left_behind)
      out_ << fmt::format("{} {}\n", printer_.red("left behind:"), printer_.clean(describe(object)));
  }
  out_ << fmt::format("{} cases: {} passed{}, {} failed, {} skipped, {} could not run in {:.1f}s\n", cases_,
                      counts_[Category::passed], flaky_ > 0 ? fmt::format(" ({} flaky)", flaky_) : "",
                      counts_[Category::failed], counts_[Category::skipped], counts_[Category::could_not_run],
                      static_cast<double>(event.duration.count()) / 1000);
  if (event.left_behind) {
    out_ << fmt::format("{} objects left behind\n", event.left_behind->size());
  } else {
    out_ << "unknown objects left behind: "
         << (options_.is_replay ? "the run did not live to ask" : "the engine does not answer") << '\n';
  }
}

}  // namespace executor::report
