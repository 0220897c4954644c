// Making bytes from elsewhere fit to be shown in one line. It must not know where they are shown.
#include "executor/text/quote.h"

#include <fmt/format.h>

#include <cstdint>
#include <cstring>

namespace executor::text {
namespace {

unsigned byte_at(std::string_view text, std::size_t i) {
  return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
}

bool is_continuation(unsigned byte) {
  return (byte & 0xC0U) == 0x80U;
}

std::string escaped(std::string_view character) {
  if (character == "\n") return "\\n";
  if (character == "\t") return "\\t";
  if (character == "\r") return "\\r";
  std::string out;
  for (const char c : character) out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
  return out;
}

/// C0 and C1 control characters, DEL, and the marks that change the direction or place of what follows.
bool is_control(std::string_view c) {
  const unsigned first = byte_at(c, 0);
  if (c.size() == 1) return first < 0x20 || first == 0x7F;
  if (c.size() == 2) return first == 0xC2 && byte_at(c, 1) < 0xA0;
  if (c.size() != 3 || first != 0xE2) return c == "\xEF\xBB\xBF";
  const unsigned second = byte_at(c, 1);
  const unsigned third = byte_at(c, 2);
  if (second == 0x80) return (third >= 0x8B && third <= 0x8F) || (third >= 0xA8 && third <= 0xAE);
  return second == 0x81 && third >= 0xA6 && third <= 0xAF;
}

/// How many bytes at the start of `text`, where no character stands, are the beginning of one: 1 if none is.
std::size_t broken_length(std::string_view text) {
  const unsigned a = byte_at(text, 0);
  const unsigned b = byte_at(text, 1);
  if (a < 0xE0 || a > 0xF4) return 1;
  const unsigned least = a == 0xE0 ? 0xA0 : a == 0xF0 ? 0x90 : 0x80;
  const unsigned most = a == 0xED ? 0x9F : a == 0xF4 ? 0x8F : 0xBF;
  if (b < least || b > most) return 1;
  return a >= 0xF0 && is_continuation(byte_at(text, 2)) ? 3 : 2;
}

}  // namespace

std::size_t utf8_length(std::string_view text) {
  const unsigned a = byte_at(text, 0);
  const unsigned b = byte_at(text, 1);
  if (text.empty()) return 0;
  if (a < 0x80) return 1;
  if (a < 0xC2 || a > 0xF4 || !is_continuation(b)) return 0;
  if (a < 0xE0) return 2;
  if (!is_continuation(byte_at(text, 2))) return 0;
  if (a < 0xF0) return (a == 0xE0 && b < 0xA0) || (a == 0xED && b > 0x9F) ? 0 : 3;
  const bool out_of_range = (a == 0xF0 && b < 0x90) || (a == 0xF4 && b > 0x8F);
  return out_of_range || !is_continuation(byte_at(text, 3)) ? 0 : 4;
}

std::size_t valid_utf8_length(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    std::uint64_t eight = 0;
    while (at + sizeof eight <= text.size()) {
      std::memcpy(&eight, text.data() + at, sizeof eight);
      if ((eight & 0x8080808080808080U) != 0) break;
      at += sizeof eight;
    }
    const auto n = utf8_length(text.substr(at));
    if (n == 0) break;
    at += n;
  }
  return at;
}

std::string valid_utf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (true) {
    const auto n = valid_utf8_length(text);
    out += text.substr(0, n);
    text.remove_prefix(n);
    if (text.empty()) return out;
    out += "\xEF\xBF\xBD";
    text.remove_prefix(broken_length(text));
  }
}

std::string quote(std::string_view bytes, std::size_t most) {
  std::string out;
  for (std::size_t count = 0; !bytes.empty(); ++count) {
    if (count == most) return out + "…";
    const auto n = utf8_length(bytes);
    const auto character = bytes.substr(0, n == 0 ? 1 : n);
    out += n == 0 || is_control(character) ? escaped(character) : std::string(character);
    bytes.remove_prefix(character.size());
  }
  return out;
}

}  // namespace executor::text
