// Makes and compares payloads. It must not know which format carried them.
#include "payloads.h"

#include <algorithm>

#include "cexec_kit.h"

namespace {

std::string hex_from(std::string_view bytes, std::size_t at) {
  std::string text;
  for (const char c : bytes.substr(at, 16)) {
    const auto byte = static_cast<unsigned char>(c);
    if (!text.empty()) text += ' ';
    text += {"0123456789abcdef"[byte >> 4], "0123456789abcdef"[byte & 15]};
  }
  return text;
}

}  // namespace

std::string test_pattern(std::size_t size, std::uint64_t sequence) {
  std::string pattern(size, '\0');
  for (std::size_t i = 0; i < size; ++i) pattern[i] = static_cast<char>((size + sequence + i) % 251);
  return pattern;
}

void check_pattern(std::string_view payload, std::size_t size, std::uint64_t sequence,
                   const std::string& name) {
  if (payload.size() != size) {
    throw cexec_kit::StepFailure(name + " has the wrong size")
        .compared(std::to_string(size) + " bytes", std::to_string(payload.size()) + " bytes");
  }
  const std::string expected = test_pattern(size, sequence);
  const auto differs = std::mismatch(expected.begin(), expected.end(), payload.begin()).first;
  if (differs != expected.end()) {
    const auto at = static_cast<std::size_t>(differs - expected.begin());
    throw cexec_kit::StepFailure(name + " differs from byte " + std::to_string(at) + " on")
        .compared(hex_from(expected, at), hex_from(payload, at));
  }
}

void check_text(std::string_view payload, std::string_view text, const std::string& name) {
  if (payload != text) throw cexec_kit::StepFailure(name + " has the wrong text").compared(text, payload);
}
