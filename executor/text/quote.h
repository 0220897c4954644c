// Making bytes from elsewhere fit to be shown in one line. It must not know where they are shown.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace executor::text {

/// Length in bytes of the UTF-8 character that `text` starts with; 0 if it starts with none that is
/// well-formed (RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF).
std::size_t utf8_length(std::string_view text);

/// Length in bytes of the part at the start of `text` that is UTF-8; its size if all of it is.
std::size_t valid_utf8_length(std::string_view text);

/// The same text with U+FFFD in the place of what is no UTF-8: one for each character that was begun, as in
/// the Encoding Standard.
std::string valid_utf8(std::string_view text);

/// The start of `bytes` for a message: at most `most` characters, control characters and what is no UTF-8
/// written as \n, \t or \xNN, "…" behind it if there was more.
std::string quote(std::string_view bytes, std::size_t most = 80);

}  // namespace executor::text
