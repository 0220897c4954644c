// The byte order of every whole number in the three formats: little-endian (images/FORMATS.md).
// It must not know which format asks; CEXEC_FAULT=byte-order makes this server wrong on purpose.
#pragma once

#include <bit>
#include <concepts>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

namespace formats {

inline bool is_faulty() {
  static const bool kFaulty = [] {
    const char* fault = std::getenv("CEXEC_FAULT");
    return fault != nullptr && std::string_view(fault) == "byte-order";
  }();
  return kFaulty;
}

/// Between this machine's byte order and the formats'; the same step both ways.
template <std::unsigned_integral T>
T reorder(T value) {
  if ((std::endian::native == std::endian::little) != is_faulty()) return value;
  if constexpr (sizeof(T) == 8) return __builtin_bswap64(value);
  if constexpr (sizeof(T) == 4) return __builtin_bswap32(value);
  if constexpr (sizeof(T) == 2) return __builtin_bswap16(value);
  return value;
}

/// Appends a number to `bytes`.
template <std::unsigned_integral T>
void append(std::string& bytes, T value) {
  value = reorder(value);
  bytes.append(reinterpret_cast<const char*>(&value), sizeof(T));
}

/// The number at `offset` of `bytes`, which must hold all of it.
template <std::unsigned_integral T>
T number_at(std::string_view bytes, std::size_t offset) {
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof(T));
  return reorder(value);
}

/// The number whose four bytes, lowest first, spell `text`.
constexpr std::uint32_t magic(const char (&text)[5]) {
  std::uint32_t value = 0;
  for (int i = 3; i >= 0; --i) value = value << 8 | static_cast<unsigned char>(text[i]);
  return value;
}

}  // namespace formats
