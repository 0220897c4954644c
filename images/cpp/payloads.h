// The payloads that scenarios send, and how a received one is compared with what was sent.
// It must not know which format carried them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

/// Byte i is (size + sequence + i) mod 251, so a shifted, stale or foreign payload shows.
std::string test_pattern(std::size_t size, std::uint64_t sequence);

/// Fails the step unless `payload` is the test pattern of that size and sequence number.
void check_pattern(std::string_view payload, std::size_t size, std::uint64_t sequence,
                   const std::string& name);

/// Fails the step unless `payload` is `text` in UTF-8, byte for byte.
void check_text(std::string_view payload, std::string_view text, const std::string& name);
