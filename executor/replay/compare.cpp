// How one run of a case went beside the recorded one, step by step. Pure.
#include "executor/replay/compare.h"

#include <fmt/format.h>

#include <algorithm>

#include "executor/text/quote.h"

namespace executor::replay {
namespace {

constexpr std::size_t kLongest = 300;

/// With '#' for every run of digits, and of hexadecimal digits that has a digit in it.
std::string without_numbers(std::string_view text) {
  const auto is_word = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  };
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    if (!is_word(text[at])) {
      out += text[at++];
      continue;
    }
    auto end = at;
    while (end < text.size() && is_word(text[end])) ++end;
    const auto word = text.substr(at, end - at);
    at = end;
    const bool has_digit = word.find_first_of("0123456789") != std::string_view::npos;
    out += has_digit ? std::string("#") : std::string(word);
  }
  return out;
}

std::string describe(const RecordedEnd& end) {
  std::string text = end.outcome;
  if (end.culprit_step) text += " at " + end.steps[*end.culprit_step].place;
  if (!end.message.empty()) text += ": " + text::quote(end.message, kLongest);
  return text;
}

void compare_steps(const RecordedEnd& recorded, const RecordedEnd& now, Comparison& result) {
  for (std::size_t i = 0; i < std::max(recorded.steps.size(), now.steps.size()); ++i) {
    const auto* before = i < recorded.steps.size() ? &recorded.steps[i] : nullptr;
    const auto* after = i < now.steps.size() ? &now.steps[i] : nullptr;
    const auto& any = before != nullptr ? *before : *after;
    StepComparison step{any.place, any.text, before != nullptr ? before->outcome : "-",
                        after != nullptr ? after->outcome : "-"};
    step.is_same = step.recorded == step.now;
    if (!step.is_same && result.departure.empty()) {
      result.departure = fmt::format("{} was '{}' and is '{}'", step.place, step.recorded, step.now);
      if (after != nullptr && !after->message.empty())
        result.departure += ": " + text::quote(after->message, kLongest);
    }
    result.steps.push_back(std::move(step));
  }
}

}  // namespace

Comparison compare(const RecordedEnd& recorded, const RecordedEnd& now) {
  Comparison result;
  compare_steps(recorded, now, result);
  const bool same_end = recorded.outcome == now.outcome && recorded.culprit_step == now.culprit_step &&
                        recorded.culprit_process == now.culprit_process;
  if (result.departure.empty() && same_end) {
    if (recorded.message == now.message) return result;
    if (without_numbers(recorded.message) == without_numbers(now.message)) {
      result.sameness = Sameness::same_but_numbers;
      return result;
    }
  }
  result.sameness = Sameness::departs;
  if (result.departure.empty())
    result.departure = fmt::format("was {}; is {}", describe(recorded), describe(now));
  return result;
}

}  // namespace executor::replay
