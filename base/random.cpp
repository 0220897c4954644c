// Random identifiers from the kernel. It must not know what they name.
#include "base/random.h"

#include <sys/random.h>

#include <array>
#include <cstddef>
#include <cstdlib>
#include <string_view>

namespace base {

std::string random_uuid() {
  std::array<unsigned char, 16> bytes{};
  // Up to 256 bytes come whole and uninterrupted (getrandom(2)); without them no name would be unique.
  if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) std::abort();
  bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0fU) | 0x40U);
  bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3fU) | 0x80U);
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string text;
  text.reserve(36);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    text += kHex[bytes[i] >> 4U];
    text += kHex[bytes[i] & 0x0fU];
  }
  return text;
}

}  // namespace base
