// Text of lines without what stands around it. It must not know whose lines they are.
#pragma once

#include <string_view>

namespace docker {

/// Without the blanks, tabs and carriage returns at both ends.
inline std::string_view trim(std::string_view text) {
  constexpr std::string_view kAround = " \t\r";
  const auto first = text.find_first_not_of(kAround);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kAround) - first + 1);
}

}  // namespace docker
