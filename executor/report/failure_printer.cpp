// A case's evidence for people, line by line. It must not know when it is printed.
#include "executor/report/failure_printer.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "executor/report/clean.h"
#include "executor/report/evidence.h"
#include "executor/text/quote.h"
#include "executor/text/units.h"

namespace executor::report {
namespace {

using model::Category;

constexpr std::size_t kStackLines = 12;
/// Of one text; the transcript has the whole of it.
constexpr std::size_t kBlockLines = 60;
constexpr std::size_t kBlockBytes = 8000;

}  // namespace

std::string FailurePrinter::clean(std::string_view line) const {
  std::string spaced;
  for (const char c : line) spaced += c == '\t' ? std::string("    ") : std::string(1, c);
  auto text = text::quote(spaced, std::numeric_limits<std::size_t>::max());
  if (!github_actions_) return text;
  // The old form of a workflow command is obeyed anywhere in a line; the new one only at its start, where our
  // own text stands.
  for (auto at = text.find("##["); at != std::string::npos; at = text.find("##[", at + 3)) text[at + 1] = ' ';
  return text;
}

std::string FailurePrinter::colored(const model::Outcome& outcome, std::string_view text) const {
  if (!color_) return std::string(text);
  const char* code = "31";
  switch (model::category_of(outcome)) {
    case Category::passed: code = "32"; break;
    case Category::skipped: code = "33"; break;
    case Category::could_not_run: code = "35"; break;
    case Category::failed: break;
  }
  return fmt::format("\x1b[{}m{}\x1b[0m", code, text);
}

std::string FailurePrinter::red(std::string_view text) const {
  return color_ ? fmt::format("\x1b[31m{}\x1b[0m", text) : std::string(text);
}

std::string FailurePrinter::dim(std::string_view text) const {
  return color_ ? fmt::format("\x1b[2m{}\x1b[0m", text) : std::string(text);
}

void FailurePrinter::print_label(std::string_view label, std::string_view text) {
  out_ << fmt::format("    {}: {}\n", label, clean(text));
}

void FailurePrinter::print_block(std::string_view label, std::string_view text) {
  const auto whole = shortened(text, kBlockBytes);
  const auto lines = lines_of(whole);
  for (std::size_t i = 0; i < std::min(lines.size(), kBlockLines); ++i) {
    out_ << fmt::format("      {}{} {}\n", label, dim("│"), clean(lines[i]));
  }
  if (lines.size() > kBlockLines) {
    out_ << fmt::format("      {}{} … {}\n", label, dim("│"),
                        text::counted(lines.size() - kBlockLines, "more line"));
  }
}

void FailurePrinter::print_steps(const model::CaseReport& report) {
  for (const auto& step : report.steps) {
    out_ << fmt::format("    {:<9} {:>6}  {}{}\n", model::name_of(step.outcome),
                        text::format_duration(step.duration), clean(step.keyword), clean(step.text));
  }
}

void FailurePrinter::print_outcome(const model::Outcome& outcome) {
  if (const auto* failed = std::get_if<model::Failed>(&outcome)) {
    if (!failed->type.empty()) print_block("", failed->type);
    if (failed->expected) print_block("expected ", *failed->expected);
    if (failed->actual) print_block("actual   ", *failed->actual);
    const auto whole = shortened(failed->stack, kBlockBytes);
    const auto stack = whole.empty() ? std::vector<std::string_view>() : lines_of(whole);
    for (std::size_t i = 0; i < std::min(stack.size(), kStackLines); ++i) print_block("stack    ", stack[i]);
    if (stack.size() > kStackLines) print_block("stack    ", "…");
  }
  const auto* blocked = std::get_if<model::CouldNotRun>(&outcome);
  if (blocked != nullptr && !blocked->hint.empty()) print_block("", "hint: " + blocked->hint);
}

void FailurePrinter::print_evidence(const model::CaseReport& report, bool with_steps) {
  if (!report.scenario.empty()) print_label("scenario", report.scenario);
  if (with_steps) print_steps(report);
  if (report.culprit_step && *report.culprit_step < report.steps.size()) {
    const auto& step = report.steps[*report.culprit_step];
    print_label("step", fmt::format("{} {}{}", step.location.text(), step.keyword, step.text));
  }
  print_block("", headline(report));
  print_outcome(report.outcome);
  for (const auto& instance : report.instances) print_instance(instance);
  for (const auto& warning : report.warnings) print_label("warning", warning);
  if (!report.artifacts.empty()) print_label("logs", report.artifacts);
  if (!report.rerun.empty()) print_label("again", report.rerun);
}

void FailurePrinter::print_instance(const model::InstanceReport& instance) {
  out_ << fmt::format("    {} = {}", instance.process.text(), instance.platform.text());
  if (!instance.image_id.empty()) out_ << fmt::format(", image {}", short_id(instance.image_id));
  if (!instance.command.empty()) out_ << fmt::format(" ({})", clean(instance.command));
  out_ << ", " << describe_end(instance) << '\n';
  for (const auto& line : instance.tail(model::LogSource::stderr_text)) print_block("stderr ", line);
  for (const auto& line : instance.tail(model::LogSource::log)) print_block("log    ", line);
  if (instance.omitted_bytes > 0) {
    print_block("",
                fmt::format("{} more were written and left out", text::format_size(instance.omitted_bytes)));
  }
}

}  // namespace executor::report
