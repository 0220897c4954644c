// How a fuzz target says what must hold for every input. It must not know what is fuzzed.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace tests {

/// Ends the process, which makes the input a finding, unless `holds`.
inline void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "this does not hold: %s\n", what);
  std::abort();
}

/// Reads every byte, so that the sanitizers see a view that points to nothing.
inline void touch(std::string_view text) {
  for (const char c : text) {
    volatile char seen = c;
    static_cast<void>(seen);
  }
}

}  // namespace tests
