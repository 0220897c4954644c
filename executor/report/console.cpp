// What a run prints: each case as it ends, failures with their evidence, and the two last lines that scripts
// read. Knows events only.
#include "executor/report/console.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "executor/text/quote.h"
#include "executor/text/units.h"

namespace executor::report {
namespace {

using model::Category;

constexpr std::size_t kRecapLines = 20;
constexpr std::size_t kStackLines = 12;

/// "sha256:83fc366b08e2…" → "83fc366b08e2", as the engine's own tools show it.
std::string short_id(std::string_view id) {
  if (id.starts_with("sha256:")) id.remove_prefix(7);
  return std::string(id.substr(0, 12));
}

std::string describe_end(const model::InstanceReport& instance) {
  if (!instance.exit_code) return "its end was not seen";
  const char* by = "";
  switch (instance.ended_by) {
    case model::EndedBy::itself: by = "ended by itself"; break;
    case model::EndedBy::shutdown: by = "ended on shutdown"; break;
    case model::EndedBy::sigterm: by = "ended on SIGTERM"; break;
    case model::EndedBy::sigkill: by = "was killed by cexec"; break;
    case model::EndedBy::nothing: by = "ended"; break;
  }
  return fmt::format("{}, {}{}", by, model::describe_exit(*instance.exit_code),
                     instance.oom_killed ? ", OOM: killed for memory" : "");
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (text.ends_with('\n')) text.remove_suffix(1);
  while (true) {
    const auto end = text.find('\n');
    lines.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return lines;
    text.remove_prefix(end + 1);
  }
}

}  // namespace

void Console::on_event(const model::Event& event) {
  std::visit([this](const auto& e) { print(e); }, event);
  out_.flush();
}

std::string Console::clean(std::string_view line) const {
  std::string spaced;
  for (const char c : line) spaced += c == '\t' ? std::string("    ") : std::string(1, c);
  auto text = text::quote(spaced, std::numeric_limits<std::size_t>::max());
  if (!options_.github_actions) return text;
  // The old form of a workflow command is obeyed anywhere in a line; the new one only at its start, where our
  // own text stands.
  for (auto at = text.find("##["); at != std::string::npos; at = text.find("##[", at + 3)) text[at + 1] = ' ';
  return text;
}

std::string Console::colored(const model::Outcome& outcome, std::string_view text) const {
  if (!options_.color) return std::string(text);
  const char* code = "31";
  switch (model::category_of(outcome)) {
    case Category::passed: code = "32"; break;
    case Category::skipped: code = "33"; break;
    case Category::could_not_run: code = "35"; break;
    case Category::failed: break;
  }
  return fmt::format("\x1b[{}m{}\x1b[0m", code, text);
}

std::string Console::dim(std::string_view text) const {
  return options_.color ? fmt::format("\x1b[2m{}\x1b[0m", text) : std::string(text);
}

void Console::print(const model::Preparing& event) {
  if (options_.detail == ConsoleOptions::Detail::quiet) return;
  // Of a build's output its steps show that it goes on; the rest is for -v, and for a failure.
  const bool is_step = event.text.starts_with("Step ");
  if (event.is_detail && !is_step && options_.detail != ConsoleOptions::Detail::verbose) return;
  const auto line = fmt::format("{}  {}", event.platform.text(), clean(event.text));
  out_ << (event.is_detail ? dim(line) : line) << '\n';
}

void Console::print(const model::RunStarted& event) {
  cases_ = event.cases;
  if (options_.detail == ConsoleOptions::Detail::quiet) return;
  out_ << fmt::format("run     {}\n", event.run.text());
  if (!event.engine.empty()) out_ << fmt::format("engine  {}\n", clean(event.engine));
  if (!event.limits.empty()) out_ << fmt::format("limits  {}\n", clean(event.limits));
  for (const auto& platform : event.platforms) {
    if (!platform.command.empty()) {
      out_ << fmt::format("process {}: {}\n", platform.name.text(), clean(platform.command));
      continue;
    }
    out_ << fmt::format("image   {}: {} ({})\n", platform.name.text(), clean(platform.reference),
                        short_id(platform.id));
  }
  out_ << fmt::format("\n{} cases\n", event.cases);
}

void Console::print(const model::CaseFinished& event) {
  const auto& report = event.report;
  const auto category = model::category_of(report.outcome);
  ++counts_[category];
  const bool is_red = category == Category::failed || category == Category::could_not_run;
  const bool is_cancelled = std::holds_alternative<model::Cancelled>(report.outcome);
  if (is_red) red_.emplace_back(report.outcome, report.id.text());
  // After a cancellation the many cases that were never begun are counted, not listed.
  if (is_cancelled && report.steps.empty()) return;
  if (options_.detail == ConsoleOptions::Detail::quiet && !is_red) return;
  const auto name = fmt::format("{:<7}", model::name_of(report.outcome));
  out_ << fmt::format("{} {:>6}  {}", colored(report.outcome, name), text::format_duration(report.duration),
                      clean(report.id.text()));
  if (category == Category::skipped) out_ << "  (" << clean(model::message_of(report.outcome)) << ")";
  out_ << '\n';
  if (options_.show_tags && !report.tags.empty())
    print_label("tags", fmt::format("{}", fmt::join(report.tags, " ")));
  if (is_red) return print_failure(report);
  if (options_.detail == ConsoleOptions::Detail::verbose) print_steps(report);
  for (const auto& warning : report.warnings) print_label("warning", warning);
}

void Console::print_label(std::string_view label, std::string_view text) {
  out_ << fmt::format("    {}: {}\n", label, clean(text));
}

/// Every line behind a bar: nothing that a container wrote stands at the start of a line.
void Console::print_block(std::string_view label, std::string_view text) {
  for (const auto line : lines_of(text)) out_ << fmt::format("      {}{} {}\n", label, dim("│"), clean(line));
}

void Console::print_steps(const model::CaseReport& report) {
  for (const auto& step : report.steps) {
    out_ << fmt::format("    {:<9} {:>6}  {}{}\n", model::name_of(step.outcome),
                        text::format_duration(step.duration), clean(step.keyword), clean(step.text));
  }
}

void Console::print_failure(const model::CaseReport& report) {
  if (!report.scenario.empty()) print_label("scenario", report.scenario);
  if (options_.detail == ConsoleOptions::Detail::verbose) print_steps(report);
  if (report.culprit_step) {
    const auto& step = report.steps[*report.culprit_step];
    print_label("step", fmt::format("{} {}{}", step.location.text(), step.keyword, step.text));
  }
  const auto message = model::message_of(report.outcome);
  const auto who =
      report.culprit_process ? fmt::format("{}: ", report.culprit_process->text()) : std::string();
  print_block("", who + (message.empty() ? std::string(model::name_of(report.outcome)) : message));
  if (const auto* failed = std::get_if<model::Failed>(&report.outcome)) {
    if (!failed->type.empty()) print_block("", failed->type);
    if (failed->expected) print_block("expected ", *failed->expected);
    if (failed->actual) print_block("actual   ", *failed->actual);
    const auto stack = failed->stack.empty() ? std::vector<std::string_view>() : lines_of(failed->stack);
    for (std::size_t i = 0; i < std::min(stack.size(), kStackLines); ++i) print_block("stack    ", stack[i]);
    if (stack.size() > kStackLines) print_block("stack    ", "…");
  }
  if (const auto* blocked = std::get_if<model::CouldNotRun>(&report.outcome);
      blocked != nullptr && !blocked->hint.empty()) {
    print_block("", "hint: " + blocked->hint);
  }
  for (const auto& instance : report.instances) print_instance(instance);
  for (const auto& warning : report.warnings) print_label("warning", warning);
  if (!report.artifacts.empty()) print_label("logs", report.artifacts);
  print_label("again", report.rerun);
  out_ << '\n';
}

void Console::print_instance(const model::InstanceReport& instance) {
  out_ << fmt::format("    {} = {}", instance.process.text(), instance.platform.text());
  if (!instance.image_id.empty()) out_ << fmt::format(", image {}", short_id(instance.image_id));
  if (!instance.command.empty()) out_ << fmt::format(" ({})", clean(instance.command));
  out_ << ", " << describe_end(instance) << '\n';
  for (const auto& line : instance.stderr_tail) print_block("stderr ", line);
  for (const auto& line : instance.log_tail) print_block("log    ", line);
  if (instance.omitted_bytes > 0) {
    print_block("",
                fmt::format("{} more were written and left out", text::format_size(instance.omitted_bytes)));
  }
}

void Console::print(const model::Swept& event) {
  if (!event.removed.empty()) {
    out_ << fmt::format("swept   {} object{} that dead runs had left\n", event.removed.size(),
                        event.removed.size() == 1 ? "" : "s");
  }
  for (const auto& failure : event.failures) out_ << "not swept: " << clean(failure) << '\n';
}

void Console::print(const model::EngineAbsence& event) {
  if (event.is_over) {
    out_ << fmt::format("engine  answers again after {}\n", text::format_duration(event.waited));
  } else {
    out_ << fmt::format("engine  does not answer, and is waited for, {} at most: {}\n",
                        text::format_duration(event.patience), clean(event.reason));
  }
}

void Console::print(const model::RunFailed& event) {
  if (!event.output.empty()) print_block("", event.output);
  out_ << fmt::format("cexec: {}\n", clean(event.reason));
  if (!event.hint.empty()) out_ << fmt::format("       {}\n", clean(event.hint));
}

void Console::print_recap() {
  if (red_.empty()) return;
  const auto is_unbegun = [](const auto& red) { return std::holds_alternative<model::Cancelled>(red.first); };
  const auto cancelled = static_cast<std::size_t>(std::count_if(red_.begin(), red_.end(), is_unbegun));
  std::erase_if(red_, is_unbegun);
  out_ << '\n';
  for (std::size_t i = 0; i < std::min(red_.size(), kRecapLines); ++i) {
    const auto& [outcome, id] = red_[i];
    out_ << fmt::format("{} {}\n", colored(outcome, fmt::format("{:<18}", model::name_of(outcome))),
                        clean(id));
  }
  if (red_.size() > kRecapLines) out_ << fmt::format("… and {} more\n", red_.size() - kRecapLines);
  if (cancelled > 0) out_ << fmt::format("{} cases were cancelled and count as could not run\n", cancelled);
}

void Console::print(const model::RunFinished& event) {
  print_recap();
  if (event.stopped_because) out_ << fmt::format("stopped: {}\n", clean(*event.stopped_because));
  out_ << '\n';
  if (event.left_behind) {
    for (const auto& name : *event.left_behind) out_ << fmt::format("left behind: {}\n", clean(name));
  }
  out_ << fmt::format("{} cases: {} passed, {} failed, {} skipped, {} could not run in {:.1f}s\n", cases_,
                      counts_[Category::passed], counts_[Category::failed], counts_[Category::skipped],
                      counts_[Category::could_not_run], static_cast<double>(event.duration.count()) / 1000);
  if (event.left_behind) {
    out_ << fmt::format("{} objects left behind\n", event.left_behind->size());
  } else {
    out_ << "unknown objects left behind: the engine does not answer\n";
  }
}

}  // namespace executor::report
