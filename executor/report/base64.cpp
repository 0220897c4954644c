// Bytes in letters (RFC 4648, with padding). It must not know whose bytes they are.
#include "executor/report/base64.h"

#include <cstddef>
#include <cstdint>

namespace executor::report {
namespace {

constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

}  // namespace

std::string to_base64(std::string_view bytes) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const auto part = bytes.substr(i, 3);
    std::uint32_t bits = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      bits = bits << 8U | (k < part.size() ? static_cast<unsigned char>(part[k]) : 0U);
    }
    for (std::size_t k = 0; k < 4; ++k) {
      out += k <= part.size() ? kLetters[bits >> (18U - 6U * k) & 63U] : '=';
    }
  }
  return out;
}

std::string from_base64(std::string_view letters) {
  std::string out;
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (const char c : letters) {
    const auto value = kLetters.find(c);
    if (value == std::string_view::npos) break;
    bits = bits << 6U | static_cast<std::uint32_t>(value);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    out += static_cast<char>(bits >> count & 0xFFU);
  }
  return out;
}

}  // namespace executor::report
