// What a run is doing now: how far it is, what is running and for how long, when it will be done. It must not
// know where that is shown.
#include "executor/report/progress.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "executor/text/quote.h"
#include "executor/text/units.h"

namespace executor::report {
namespace {

using namespace std::chrono_literals;

constexpr milliseconds kSlow = 10s;
/// What a few cases took says little of the others.
constexpr std::size_t kEnoughCases = 3;

std::string shown(std::string_view text) {
  return text::quote(text, std::numeric_limits<std::size_t>::max());
}

/// "for 2.0s, since 14:03:07"
std::string span_since(TimePoint begin, TimePoint now) {
  const auto age = base::between(begin, now);
  const auto wall = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now() - age);
  return fmt::format("for {}, since {:%H:%M:%S}", text::format_duration(age), fmt::localtime(wall));
}

}  // namespace

void Progress::take(const model::Event& event, TimePoint now) {
  if (const auto* preparing = std::get_if<model::Preparing>(&event)) {
    preparing_ = preparing->platform.text() + "  " + preparing->text;
  } else if (const auto* started = std::get_if<model::RunStarted>(&event)) {
    preparing_.clear();
    total_ = started->cases;
    begun_ = now;
    for (const auto& known : expected_) {
      if (!known) continue;
      expected_total_ += *known;
      ++expected_count_;
    }
  } else if (const auto* begun = std::get_if<model::CaseStarted>(&event)) {
    running_[begun->index] = {begun->id.text(), now, {}, {}, {}, 0, now, false};
  } else if (const auto* step = std::get_if<model::StepStarted>(&event)) {
    const auto found = running_.find(step->index);
    if (found == running_.end()) return;
    found->second.step = step->text;
    found->second.location = step->location;
    found->second.step_since = now;
    ++found->second.steps;
  } else if (const auto* finished = std::get_if<model::CaseFinished>(&event)) {
    running_.erase(finished->index);
    ++done_;
    const auto category = model::category_of(finished->report.outcome);
    const bool is_cancelled = std::holds_alternative<model::Cancelled>(finished->report.outcome);
    if (category == model::Category::failed || (category == model::Category::could_not_run && !is_cancelled))
      ++red_;
    spent_ += finished->report.duration;
    const auto known = expected(finished->index);
    if (!known) return;
    expected_done_ += *known;
    ++expected_done_count_;
  }
}

std::vector<RunningCase> Progress::running() const {
  std::vector<RunningCase> all;
  for (const auto& [index, one] : running_) all.push_back(one);
  std::stable_sort(all.begin(), all.end(),
                   [](const RunningCase& a, const RunningCase& b) { return a.since < b.since; });
  return all;
}

std::vector<RunningCase> Progress::slow_ones(TimePoint now) {
  std::vector<RunningCase> slow;
  for (auto& [index, one] : running_) {
    const auto usual = std::max(kSlow, 3 * expected(index).value_or(0ms));
    const auto limit = one.is_slow ? 2 * base::between(one.since, one.told) : usual;
    if (base::between(one.since, now) < limit) continue;
    one.is_slow = true;
    one.told = now;
    slow.push_back(one);
  }
  return slow;
}

std::string Progress::text(TimePoint now) const {
  if (!begun_) {
    return fmt::format("cexec: no case has begun yet{}{}\n", preparing_.empty() ? "" : "; ",
                       shown(preparing_));
  }
  auto text = fmt::format("cexec: {} of {} over, {} failed, {} running\n", done_,
                          text::counted(total_, "case"), red_, running_.size());
  for (const auto& one : running()) {
    text += fmt::format("  {}\n    {}\n", shown(one.id), span_since(one.since, now));
    if (one.step.empty()) {
      text += "    before its first step\n";
      continue;
    }
    text += fmt::format("    at {} {}\n    {}\n", shown(one.location.text()), shown(one.step),
                        span_since(one.step_since, now));
  }
  return text;
}

std::optional<milliseconds> Progress::left(TimePoint now) const {
  if (!begun_ || total_ == 0 || done_ >= total_) return std::nullopt;
  const auto passed = base::between(*begun_, now);
  // As the run goes now: so much time for so much work, whatever runs at once.
  if (expected_count_ * 2 >= total_ && expected_done_ > 0ms) {
    const auto mean = expected_total_ / static_cast<std::int64_t>(expected_count_);
    const auto unknown_left = static_cast<std::int64_t>(total_ - done_) -
                              static_cast<std::int64_t>(expected_count_ - expected_done_count_);
    const auto work = expected_total_ - expected_done_ + mean * std::max<std::int64_t>(unknown_left, 0);
    return milliseconds(passed.count() * work.count() / expected_done_.count());
  }
  if (done_ < kEnoughCases) return std::nullopt;
  return milliseconds(passed.count() * static_cast<std::int64_t>(total_ - done_) /
                      static_cast<std::int64_t>(done_));
}

}  // namespace executor::report
