// CRC-32 as in zlib, PNG and Ethernet (IEEE 802.3). It must not know what is summed up.
#pragma once

#include <cstdint>
#include <string_view>

namespace formats {

/// The checksum of `bytes`; with that of what stands before them as `start`, that of both.
std::uint32_t crc32(std::string_view bytes, std::uint32_t start = 0);

}  // namespace formats
