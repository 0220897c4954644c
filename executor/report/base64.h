// Bytes in letters (RFC 4648, with padding). It must not know whose bytes they are.
#pragma once

#include <string>
#include <string_view>

namespace executor::report {

std::string to_base64(std::string_view bytes);

/// What is no letter of the alphabet ends it.
std::string from_base64(std::string_view letters);

}  // namespace executor::report
