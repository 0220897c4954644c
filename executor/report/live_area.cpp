// Some lines at the end of a terminal's output that change while others are printed above them. It must not
// know what they say.
#include "executor/report/live_area.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

#include "executor/text/quote.h"

namespace executor::report {
namespace {

std::uint32_t code_point(std::string_view character) {
  const auto first = static_cast<unsigned char>(character[0]);
  if (character.size() == 1) return first;
  std::uint32_t point = first & (0x7FU >> character.size());
  for (std::size_t i = 1; i < character.size(); ++i) {
    point = point << 6U | (static_cast<unsigned char>(character[i]) & 0x3FU);
  }
  return point;
}

/// Roughly Unicode's wide characters and those that take no room, which is enough to keep a line on its row.
std::size_t width_of(std::uint32_t point) {
  if ((point >= 0x0300 && point <= 0x036F) || (point >= 0xFE00 && point <= 0xFE0F)) return 0;
  const bool wide = (point >= 0x1100 && point <= 0x115F) || (point >= 0x2E80 && point <= 0xA4CF) ||
                    (point >= 0xAC00 && point <= 0xD7A3) || (point >= 0xF900 && point <= 0xFAFF) ||
                    (point >= 0xFE30 && point <= 0xFE6F) || (point >= 0xFF00 && point <= 0xFF60) ||
                    (point >= 0x1F300 && point <= 0x1FAFF) || (point >= 0x20000 && point <= 0x3FFFD);
  return wide ? 2 : 1;
}

/// Takes the first character off; color sequences take no columns.
std::pair<std::string_view, std::size_t> take(std::string_view& text) {
  auto length = std::max<std::size_t>(text::utf8_length(text), 1);
  std::size_t width = 1;
  if (text.starts_with("\x1b[")) {
    length = std::min(text.find('m'), text.size() - 1) + 1;
    width = 0;
  } else if (text::utf8_length(text) > 0) {
    width = width_of(code_point(text.substr(0, length)));
  }
  const auto character = text.substr(0, length);
  text.remove_prefix(length);
  return {character, width};
}

}  // namespace

std::size_t column_count(std::string_view text) {
  std::size_t columns = 0;
  while (!text.empty()) columns += take(text).second;
  return columns;
}

std::string clipped(std::string_view text, std::size_t columns) {
  if (column_count(text) <= columns) return std::string(text);
  std::string out;
  std::string rest;  // colors that were begun are also ended
  std::size_t used = 0;
  bool is_full = false;
  while (!text.empty()) {
    const auto [character, width] = take(text);
    is_full = is_full || used + width + 1 > columns;
    if (width == 0 && is_full) {
      rest += character;
    } else if (!is_full) {
      out += character;
      used += width;
    }
  }
  return (columns > 0 ? out + "…" : out) + rest;
}

/// A terminal that has become narrower has broken the lines: they take more rows than were drawn.
std::string LiveArea::erasing(std::size_t columns) const {
  if (drawn_.empty()) return {};
  std::size_t rows = 0;
  for (const auto drawn : drawn_) rows += std::max<std::size_t>((drawn + columns - 1) / columns, 1);
  return rows > 1 ? fmt::format("\r\x1b[{}A\x1b[J", rows - 1) : "\r\x1b[J";
}

void LiveArea::print(std::string_view text, const std::vector<std::string>& lines) {
  const auto columns = std::max<std::size_t>(columns_(), 2);
  auto whole = erasing(columns);
  whole += text;
  drawn_.clear();
  for (const auto& line : lines) {
    const auto fitting = clipped(line, columns - 1);  // in the last column some terminals break already
    if (!drawn_.empty()) whole += "\n";
    whole += fitting;
    drawn_.push_back(column_count(fitting));
  }
  out_ << whole << std::flush;
}

}  // namespace executor::report
