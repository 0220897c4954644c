// Words for what is wrong with bytes. It must not know any format.
#include "format_error.h"

#include <cstdio>

#include "byte_order.h"

namespace formats {

FormatError wrong_magic(const std::string& what, std::string_view bytes, std::uint32_t expected) {
  std::string mine;
  append(mine, expected);
  std::string shown;
  for (const char c : bytes.substr(0, 4)) {
    const auto byte = static_cast<unsigned char>(c);
    const bool is_printable = byte >= 0x20 && byte < 0x7F;
    shown += is_printable ? std::string(1, c) : "\\x" + hex(byte).substr(6);
  }
  std::string message = "no " + what + ": magic is '" + shown + "', not '" + mine + "'";
  if (std::string(mine.rbegin(), mine.rend()) == bytes.substr(0, 4)) {
    message = "no " + what + ": magic is '" + shown + "', which is '" + mine +
              "' reversed: written in the other byte order";
  }
  return {"wrong magic", message, mine, shown};
}

std::string hex(std::uint32_t checksum) {
  char text[9];
  std::snprintf(text, sizeof text, "%08x", checksum);
  return text;
}

std::string bytes(std::uint64_t count) {
  return std::to_string(count) + " bytes";
}

}  // namespace formats
