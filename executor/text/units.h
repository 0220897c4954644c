// Durations and sizes as people write them. It must not know what is measured.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

namespace executor::text {

/// "500ms", "30s", "2m", "1h", "1m30s", "1.5s"; a bare number is seconds. The error says what is expected.
tl::expected<std::chrono::milliseconds, std::string> parse_duration(std::string_view text);

/// Bytes: "64m", "1g", "512k", "100b", "1.5gb", in powers of 1024; a bare number is bytes. Upper case is the
/// same. The error says what is expected.
tl::expected<std::int64_t, std::string> parse_size(std::string_view text);

/// A whole number within bounds, or an error that says which.
tl::expected<std::int64_t, std::string> parse_number(std::string_view text, std::int64_t least,
                                                     std::int64_t most);

/// "1 case", "3 cases".
std::string counted(std::size_t number, std::string_view what);

/// "850ms", "12.3s", "4m05s": short, for people.
std::string format_duration(std::chrono::milliseconds span);

/// "64 MiB", "1.5 GiB", "100 bytes".
std::string format_size(std::int64_t bytes);

}  // namespace executor::text
