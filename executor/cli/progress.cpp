// What runs now, since when, and at which step: for whoever asks with SIGUSR1. Knows events only.
#include "executor/cli/progress.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <limits>

#include "executor/text/quote.h"
#include "executor/text/units.h"

namespace executor::cli {
namespace {

constexpr auto kWhole = std::numeric_limits<std::size_t>::max();

std::string span_since(base::TimePoint begin) {
  return text::format_duration(
      std::chrono::duration_cast<std::chrono::milliseconds>(base::Clock::now() - begin));
}

}  // namespace

void Progress::on_event(const model::Event& event) {
  if (const auto* preparing = std::get_if<model::Preparing>(&event)) {
    preparing_ = fmt::format("{}: {}", preparing->platform.text(), preparing->text);
  } else if (const auto* started = std::get_if<model::RunStarted>(&event)) {
    has_started_ = true;
    cases_ = started->cases;
  } else if (const auto* begun = std::get_if<model::CaseStarted>(&event)) {
    running_[begun->index] = {begun->id, {}, {}, {}};
  } else if (const auto* step = std::get_if<model::StepStarted>(&event)) {
    const auto found = running_.find(step->index);
    if (found == running_.end()) return;
    found->second.step = *step;
    found->second.step_begin = {};
  } else if (const auto* finished = std::get_if<model::CaseFinished>(&event)) {
    running_.erase(finished->index);
    ++over_;
  }
}

std::string Progress::text_of(const Running& running) {
  auto text = fmt::format("  {}\n    for {}, since {:%H:%M:%S}\n", text::quote(running.id.text(), kWhole),
                          span_since(running.begin.when), fmt::localtime(running.begin.wall));
  if (!running.step) return text + "    before its first step\n";
  const auto& step = *running.step;
  return text + fmt::format("    at {} {}\n    for {}, since {:%H:%M:%S}\n",
                            text::quote(step.location.text(), kWhole), text::quote(step.text, kWhole),
                            span_since(running.step_begin.when), fmt::localtime(running.step_begin.wall));
}

std::string Progress::text() const {
  if (!has_started_) {
    return fmt::format("cexec: no case has begun yet{}{}\n", preparing_.empty() ? "" : "; ",
                       text::quote(preparing_, kWhole));
  }
  auto text = fmt::format("cexec: {} of {} over, {} running\n", over_, text::counted(cases_, "case"),
                          running_.size());
  for (const auto& [index, running] : running_) text += text_of(running);
  return text;
}

}  // namespace executor::cli
