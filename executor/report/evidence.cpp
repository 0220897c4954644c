// A case's evidence as plain text, for reports that hold texts. It must not know in which report it stands.
#include "executor/report/evidence.h"

#include <fmt/format.h>

#include "executor/report/clean.h"
#include "executor/text/units.h"

namespace executor::report {
namespace {

void add_block(std::string& out, std::string_view label, std::string_view text) {
  const auto whole = shortened(text);
  for (const auto line : lines_of(whole)) out += fmt::format("{}{}\n", label, clean_line(line));
}

void add_outcome(std::string& out, const model::Outcome& outcome) {
  if (const auto* failed = std::get_if<model::Failed>(&outcome)) {
    if (!failed->type.empty()) add_block(out, "type:     ", failed->type);
    if (failed->expected) add_block(out, "expected: ", *failed->expected);
    if (failed->actual) add_block(out, "actual:   ", *failed->actual);
    if (!failed->stack.empty()) add_block(out, "stack:    ", failed->stack);
  }
  if (const auto* blocked = std::get_if<model::CouldNotRun>(&outcome);
      blocked != nullptr && !blocked->hint.empty()) {
    add_block(out, "hint:     ", blocked->hint);
  }
}

}  // namespace

std::string combination_text(const model::CaseReport& report) {
  std::string text;
  for (const auto& [process, platform] : report.combination) {
    text += fmt::format("{}{}={}", text.empty() ? "" : " ", process.text(), platform.text());
  }
  return text;
}

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

std::string headline(const model::CaseReport& report) {
  const auto message = model::message_of(report.outcome);
  const auto who =
      report.culprit_process ? fmt::format("{}: ", report.culprit_process->text()) : std::string();
  return who + (message.empty() ? std::string(model::name_of(report.outcome)) : message);
}

std::string describe_failure(const model::CaseReport& report) {
  std::string out;
  if (report.culprit_step && *report.culprit_step < report.steps.size()) {
    const auto& step = report.steps[*report.culprit_step];
    add_block(out, "step:     ", fmt::format("{} {}{}", step.location.text(), step.keyword, step.text));
  }
  add_block(out, "", headline(report));
  add_outcome(out, report.outcome);
  for (const auto& instance : report.instances) {
    const auto image =
        instance.image_id.empty() ? "" : fmt::format(", image {}", short_id(instance.image_id));
    add_block(out, "",
              fmt::format("{} = {}{}, {}", instance.process.text(), instance.platform.text(), image,
                          describe_end(instance)));
  }
  for (const auto& warning : report.warnings) add_block(out, "warning:  ", warning);
  if (!report.artifacts.empty()) add_block(out, "logs:     ", report.artifacts);
  if (!report.rerun.empty()) add_block(out, "again:    ", report.rerun);
  return out;
}

std::string log_text(const model::InstanceReport& instance) {
  std::string out;
  for (const auto& line : instance.lines) {
    out += fmt::format("+{:.3f}s {:<6} {}{}{}\n", static_cast<double>(line.at.count()) / 1000,
                       name_of(line.source), clean_line(line.level), line.level.empty() ? "" : " ",
                       clean_line(line.text));
  }
  if (instance.omitted_bytes > 0) {
    out += fmt::format("{} more were written and left out\n", text::format_size(instance.omitted_bytes));
  }
  return out;
}

std::string_view name_of(model::LogSource source) {
  switch (source) {
    case model::LogSource::stderr_text: return "stderr";
    case model::LogSource::stdout_noise: return "stdout";
    case model::LogSource::log: return "log";
    case model::LogSource::cexec: return "cexec";
  }
  return "";
}

}  // namespace executor::report
