// How long cases took in earlier runs, kept beside their artifacts. It must not know what that is used for.
#include "executor/report/durations.h"

#include <fmt/format.h>

#include <charconv>
#include <functional>
#include <limits>
#include <system_error>
#include <utility>

namespace executor::report {
namespace {

using std::chrono::milliseconds;

/// Cases that were renamed or removed are forgotten once there are so many lines.
constexpr std::size_t kMostLines = 200'000;

struct Line {
  std::uint32_t milliseconds = 0;
  std::string_view id;
};

std::optional<Line> read_line(std::string_view text) {
  Line line;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), line.milliseconds);
  const auto digits = static_cast<std::size_t>(end - text.data());
  if (error != std::errc() || digits + 1 >= text.size() || text[digits] != ' ') return std::nullopt;
  line.id = text.substr(digits + 1);
  return line;
}

bool fits_a_line(std::string_view id) {
  return id.find_first_of("\r\n") == std::string_view::npos;
}

}  // namespace

Durations::Durations(std::filesystem::path file) : file_(std::move(file)) {
  std::ifstream in(file_);
  for (std::string text; known_.size() < kMostLines && std::getline(in, text);) {
    if (const auto line = read_line(text)) known_[key_of(line->id)] = line->milliseconds;
  }
}

std::size_t Durations::key_of(std::string_view id) {
  return std::hash<std::string_view>()(id);
}

std::filesystem::path Durations::unfinished() const {
  return file_.string() + ".new";
}

std::optional<milliseconds> Durations::of(std::string_view id) const {
  const auto found = known_.find(key_of(id));
  return found == known_.end() ? std::nullopt : std::optional(milliseconds(found->second));
}

void Durations::on_event(const model::Event& event) {
  const auto* finished = std::get_if<model::CaseFinished>(&event);
  if (finished == nullptr) return;
  const auto category = model::category_of(finished->report.outcome);
  const bool says_something = category == model::Category::passed || category == model::Category::failed;
  const auto& id = finished->report.id.text();
  if (!says_something || !fits_a_line(id)) return;
  if (!taken_.insert(key_of(id)).second) return;
  if (!out_.is_open()) out_.open(unfinished(), std::ios::trunc);
  const auto longest = static_cast<std::int64_t>(std::numeric_limits<std::uint32_t>::max());
  out_ << std::min<std::int64_t>(finished->report.duration.count(), longest) << ' ' << id << '\n';
}

void Durations::copy_others() {
  std::ifstream in(file_);
  std::size_t lines = taken_.size();
  for (std::string text; lines < kMostLines && std::getline(in, text);) {
    const auto line = read_line(text);
    if (!line || taken_.contains(key_of(line->id))) continue;
    out_ << text << '\n';
    ++lines;
  }
}

std::string Durations::save() {
  if (taken_.empty()) return {};
  copy_others();
  out_.close();
  std::error_code error;
  if (!out_) return fmt::format("{}: cannot be written to", unfinished().string());
  std::filesystem::rename(unfinished(), file_, error);
  return error ? fmt::format("{}: {}", file_.string(), error.message()) : std::string();
}

}  // namespace executor::report
