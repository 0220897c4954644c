// One line of a feature file, and what counts as white space in it. It must not know any keyword.
#include "executor/gherkin/line.h"

namespace executor::gherkin {
namespace {

bool is_ascii_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

/// U+00A0; U+1680, U+2000–U+200A, U+2028, U+2029, U+202F, U+205F, U+3000, U+FEFF in UTF-8.
bool is_wide_space(std::string_view bytes) {
  if (bytes.size() == 2) return bytes == "\xC2\xA0";
  if (bytes.size() != 3) return false;
  if (bytes.starts_with("\xE2\x80")) {
    const auto last = static_cast<unsigned char>(bytes[2]);
    return (last >= 0x80 && last <= 0x8A) || last == 0xA8 || last == 0xA9 || last == 0xAF;
  }
  return bytes == "\xE1\x9A\x80" || bytes == "\xE2\x81\x9F" || bytes == "\xE3\x80\x80" ||
         bytes == "\xEF\xBB\xBF";
}

}  // namespace

std::size_t leading_space(std::string_view text) {
  if (text.empty()) return 0;
  if (is_ascii_space(text.front())) return 1;
  if ((static_cast<unsigned char>(text.front()) & 0x80U) == 0) return 0;
  if (is_wide_space(text.substr(0, 2))) return 2;
  return is_wide_space(text.substr(0, 3)) ? 3 : 0;
}

std::size_t trailing_space(std::string_view text) {
  if (text.empty()) return 0;
  if (is_ascii_space(text.back())) return 1;
  if ((static_cast<unsigned char>(text.back()) & 0x80U) == 0) return 0;
  if (text.size() >= 2 && is_wide_space(text.substr(text.size() - 2))) return 2;
  return text.size() >= 3 && is_wide_space(text.substr(text.size() - 3)) ? 3 : 0;
}

std::string_view trim_left(std::string_view text) {
  while (const auto n = leading_space(text)) text.remove_prefix(n);
  return text;
}

std::string_view trim_right(std::string_view text) {
  while (const auto n = trailing_space(text)) text.remove_suffix(n);
  return text;
}

std::string_view trim(std::string_view text) {
  return trim_right(trim_left(text));
}

std::uint32_t count_code_points(std::string_view text) {
  std::uint32_t count = 0;
  for (const char c : text) count += (static_cast<unsigned char>(c) & 0xC0U) != 0x80U ? 1 : 0;
  return count;
}

Line::Line(std::string_view line, std::uint32_t line_number)
    : text(line), trimmed(trim_left(line)), number(line_number) {
  indent = count_code_points(text.substr(0, text.size() - trimmed.size()));
}

std::string_view Line::without_indent(std::uint32_t count) const {
  if (count >= indent) return trimmed;
  auto rest = text;
  while (count-- > 0) rest.remove_prefix(leading_space(rest));
  return rest;
}

Line LineReader::next() {
  ++number_;
  const auto end = rest_.find('\n');
  const bool is_last = end == std::string_view::npos;
  if (ended_ || (is_last && trim(rest_).empty())) {
    ended_ = true;
    Line eof;
    eof.number = number_;
    eof.is_eof = true;
    return eof;
  }
  auto line = rest_.substr(0, end);
  rest_.remove_prefix(is_last ? rest_.size() : end + 1);
  ended_ = is_last;
  if (!is_last && line.ends_with('\r')) line.remove_suffix(1);
  return {line, number_};
}

}  // namespace executor::gherkin
