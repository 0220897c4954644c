// Text from elsewhere made fit for a report: nothing in it acts, and nothing of it is lost without a word. It
// must not know in which report it stands.
#include "executor/report/clean.h"

#include <fmt/format.h>

#include <limits>

#include "executor/text/quote.h"
#include "executor/text/units.h"

namespace executor::report {
namespace {

constexpr auto kAll = std::numeric_limits<std::size_t>::max();

/// U+FFFE and U+FFFF, which no XML may hold.
std::string without_noncharacters(std::string text) {
  for (const std::string_view bad : {"\xEF\xBF\xBE", "\xEF\xBF\xBF"}) {
    const std::string_view shown = bad.back() == '\xBE' ? "\\xef\\xbf\\xbe" : "\\xef\\xbf\\xbf";
    for (auto at = text.find(bad); at != std::string::npos; at = text.find(bad, at))
      text.replace(at, 3, shown);
  }
  return text;
}

void add_clean(std::string& out, std::string_view text, std::string_view kept) {
  while (true) {
    const auto end = text.find_first_of(kept);
    out += text::quote(text.substr(0, end), kAll);
    if (end == std::string_view::npos) return;
    out += text[end];
    text.remove_prefix(end + 1);
  }
}

}  // namespace

std::string shortened(std::string_view text, std::size_t most) {
  if (text.size() <= most) return std::string(text);
  auto end = most;
  // Back to the start of a character.
  while (end > 0 && most - end < 4 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return fmt::format("{}… ({} more)", text.substr(0, end),
                     text::format_size(static_cast<std::int64_t>(text.size() - end)));
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

std::string clean_text(std::string_view text, std::size_t most) {
  std::string out;
  add_clean(out, shortened(text, most), "\n\t");
  return without_noncharacters(std::move(out));
}

std::string clean_line(std::string_view text, std::size_t most) {
  std::string out;
  add_clean(out, shortened(text, most), "\t");
  return without_noncharacters(std::move(out));
}

std::string html_escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += c;
    }
  }
  return out;
}

}  // namespace executor::report
