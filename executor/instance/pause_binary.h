// The program of containers that do nothing but live, built in. It must not know who holds what with it.
#pragma once

#include <string_view>

extern "C" {
extern const char cexec_pause_begin[];
extern const char cexec_pause_end[];
}

namespace executor::instance {

/// A static ELF executable for this machine's architecture.
inline std::string_view pause_binary() {
  return {cexec_pause_begin, static_cast<std::size_t>(cexec_pause_end - cexec_pause_begin)};
}

}  // namespace executor::instance
