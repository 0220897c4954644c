// What red cases have in common: those that fail in the same way are one cause, and where a process, a
// platform or a pair is in all of them and not in all cases, that is said. It must not know how it is shown.
#include "executor/report/cause.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "executor/text/quote.h"
#include "executor/text/units.h"

namespace executor::report {
namespace {

constexpr std::size_t kSignatureBytes = 300;

/// Everything that may be to blame, in the words in which it is told. Shorter explanations come first: a
/// single process, a platform in whatever role, two processes together.
std::set<std::string> traits_of(const model::CaseReport& report) {
  std::set<std::string> traits;
  const auto& combination = report.combination;
  for (std::size_t i = 0; i < combination.size(); ++i) {
    const auto one = fmt::format("{}={}", combination[i].first.text(), combination[i].second.text());
    traits.insert("1" + one);
    traits.insert("2" + combination[i].second.text() + " in one of their processes");
    for (std::size_t k = i + 1; k < combination.size(); ++k) {
      traits.insert(
          fmt::format("3{} and {}={}", one, combination[k].first.text(), combination[k].second.text()));
    }
  }
  return traits;
}

bool is_hex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
bool is_word(char c) {
  return is_hex(c) || (c >= 'g' && c <= 'z') || (c >= 'G' && c <= 'Z') || c == '_';
}

/// Words of hexadecimal digits with a decimal one in them become '#'.
std::string without_numbers(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto length =
        static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_word) - text.begin());
    const auto word = text.substr(0, std::max<std::size_t>(length, 1));
    const bool has_digit = std::any_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
    const bool is_number = has_digit && std::all_of(word.begin(), word.end(), is_hex);
    const bool is_prefixed =
        word.starts_with("0x") && std::all_of(word.begin() + 2, word.end(), is_hex) && word.size() > 2;
    const auto letters = word.find_first_not_of("0123456789");
    // "30ms" and "2 frames" count alike, "utf8" is a word.
    if (is_number || is_prefixed || (has_digit && letters > 0)) {
      out += '#';
      if (!is_number && !is_prefixed) out += word.substr(letters);
    } else {
      out += word;
    }
    text.remove_prefix(word.size());
  }
  return out;
}

}  // namespace

std::string signature_of(const model::CaseReport& report) {
  auto message = model::message_of(report.outcome);
  message = message.substr(0, message.find('\n'));
  auto text = fmt::format("{}: {}", model::name_of(report.outcome),
                          without_numbers(std::string_view(message).substr(0, kSignatureBytes)));
  if (message.empty() && report.culprit_step) text += report.steps[*report.culprit_step].location.text();
  return text;
}

bool CauseFinder::add(std::size_t number, const model::CaseReport& report) {
  const auto category = model::category_of(report.outcome);
  if (category == model::Category::skipped || std::holds_alternative<model::Cancelled>(report.outcome))
    return false;
  const auto traits = traits_of(report);
  ++ran_;
  for (const auto& trait : traits) ++ran_with_[trait];
  if (category == model::Category::passed) return false;
  auto signature = signature_of(report);
  const auto [found, is_new] = group_of_.emplace(signature, groups_.size());
  if (is_new) groups_.push_back({std::move(signature), {}, {}});
  auto& group = groups_[found->second];
  group.cases.push_back(number);
  ++red_;
  for (const auto& trait : traits) {
    ++group.with[trait];
    ++red_with_[trait];
  }
  return is_new;
}

std::string CauseFinder::explain(std::size_t red, const Counts& with) const {
  if (red < 2) return {};
  const std::string* best = nullptr;
  std::size_t best_ran = 0;
  for (const auto& [trait, count] : with) {
    // Only what is in all of them, and not in every case, explains anything.
    const auto ran = ran_with_.at(trait);
    if (count < red || ran == ran_) continue;
    // The narrowest says most; of two as narrow, the simpler.
    const bool is_better = best == nullptr || ran < best_ran;
    if (!is_better) continue;
    best = &trait;
    best_ran = ran;
  }
  if (best == nullptr) return {};
  auto text = fmt::format("all {} failures have {}", red, best->substr(1));
  if (best_ran > red) {
    text += fmt::format("; {} with it {} not fail like this", text::counted(best_ran - red, "other case"),
                        best_ran - red == 1 ? "does" : "do");
  }
  return text;
}

std::vector<Cause> CauseFinder::causes() const {
  std::vector<Cause> causes;
  for (const auto& group : groups_) {
    causes.push_back({group.signature, group.cases, explain(group.cases.size(), group.with)});
  }
  std::stable_sort(causes.begin(), causes.end(),
                   [](const Cause& a, const Cause& b) { return a.cases.size() > b.cases.size(); });
  return causes;
}

std::string CauseFinder::in_common() const {
  return groups_.size() < 2 ? std::string() : explain(red_, red_with_);
}

}  // namespace executor::report
