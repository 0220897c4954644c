// Durations and sizes as people write them. It must not know what is measured.
#include "executor/text/units.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <optional>

namespace executor::text {
namespace {

struct Unit {
  std::string_view name;
  double factor;
};

/// Takes "12.5" off the start of `text`.
std::optional<double> take_number(std::string_view& text) {
  std::size_t end = 0;
  while (end < text.size() && ((text[end] >= '0' && text[end] <= '9') || text[end] == '.')) ++end;
  double number = 0;
  const auto result = std::from_chars(text.data(), text.data() + end, number, std::chars_format::fixed);
  if (end == 0 || result.ec != std::errc() || result.ptr != text.data() + end) return std::nullopt;
  text.remove_prefix(end);
  return number;
}

/// Takes the letters off the start of `text` and looks them up, in lower case.
template <std::size_t N>
std::optional<double> take_unit(std::string_view& text, const std::array<Unit, N>& units) {
  std::string name;
  while (!text.empty() && ((text[0] >= 'a' && text[0] <= 'z') || (text[0] >= 'A' && text[0] <= 'Z'))) {
    name += static_cast<char>(text[0] | 0x20);
    text.remove_prefix(1);
  }
  for (const auto& unit : units) {
    if (unit.name == name) return unit.factor;
  }
  return std::nullopt;
}

constexpr std::array<Unit, 5> kDurations{{{"ms", 1}, {"s", 1e3}, {"", 1e3}, {"m", 60e3}, {"h", 3600e3}}};
constexpr double kKi = 1024;
constexpr std::array<Unit, 9> kSizes{{{"", 1},
                                      {"b", 1},
                                      {"k", kKi},
                                      {"kb", kKi},
                                      {"m", kKi* kKi},
                                      {"mb", kKi* kKi},
                                      {"g", kKi* kKi* kKi},
                                      {"gb", kKi* kKi* kKi},
                                      {"t", kKi* kKi* kKi* kKi}}};

}  // namespace

tl::expected<std::chrono::milliseconds, std::string> parse_duration(std::string_view text) {
  const auto wrong = [whole = std::string(text)] {
    return tl::unexpected(
        fmt::format("'{}' is no duration; expected one such as 500ms, 30s, 2m or 1m30s", whole));
  };
  double total = 0;
  if (text.empty()) return wrong();
  while (!text.empty()) {
    const auto number = take_number(text);
    if (!number) return wrong();
    const auto factor = take_unit(text, kDurations);
    if (!factor) return wrong();
    total += *number * *factor;
  }
  constexpr double kCentury = 100 * 365 * 24 * 3600e3;
  if (total > kCentury) return wrong();
  return std::chrono::milliseconds(std::llround(total));
}

tl::expected<std::int64_t, std::string> parse_size(std::string_view text) {
  const std::string whole(text);
  const auto number = take_number(text);
  const auto factor = number ? take_unit(text, kSizes) : std::nullopt;
  constexpr double kMost = 4e18;  // fits into 64 bits
  if (!factor || !text.empty() || *number * *factor > kMost) {
    return tl::unexpected(fmt::format("'{}' is no size; expected one such as 512k, 64m or 1g", whole));
  }
  return std::llround(*number * *factor);
}

tl::expected<std::int64_t, std::string> parse_number(std::string_view text, std::int64_t least,
                                                     std::int64_t most) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < least || number > most) {
    return tl::unexpected(fmt::format("'{}' is no whole number from {} to {}", text, least, most));
  }
  return number;
}

std::string counted(std::size_t number, std::string_view what) {
  return fmt::format("{} {}{}", number, what, number == 1 ? "" : "s");
}

std::string format_duration(std::chrono::milliseconds span) {
  const auto ms = span.count();
  if (ms < 1000) return fmt::format("{}ms", ms);
  if (ms < 60'000) return fmt::format("{}.{}s", ms / 1000, ms % 1000 / 100);
  const auto seconds = ms / 1000;
  if (seconds < 3600) return fmt::format("{}m{:02}s", seconds / 60, seconds % 60);
  return fmt::format("{}h{:02}m", seconds / 3600, seconds % 3600 / 60);
}

std::string format_size(std::int64_t bytes) {
  constexpr std::array<std::string_view, 5> kNames{"bytes", "KiB", "MiB", "GiB", "TiB"};
  auto size = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (size >= 1024 && unit + 1 < kNames.size()) {
    size /= 1024;
    ++unit;
  }
  const bool whole = std::abs(size - std::round(size)) < 0.05;
  return whole ? fmt::format("{:.0f} {}", size, kNames[unit]) : fmt::format("{:.1f} {}", size, kNames[unit]);
}

}  // namespace executor::text
