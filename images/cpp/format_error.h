// The one error of the three formats: what is wrong with bytes that another process wrote.
// It must not know any format; `kind` is the short name that images/FORMATS.md gives the problem.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace formats {

/// Bytes break their format; `expected` and `actual` are empty where nothing was compared.
class FormatError : public std::runtime_error {
 public:
  FormatError(std::string kind, const std::string& message, std::string expected = "",
              std::string actual = "")
      : std::runtime_error(message),
        kind_(std::move(kind)),
        expected_(std::move(expected)),
        actual_(std::move(actual)) {}

  const std::string& kind() const { return kind_; }
  const std::string& expected() const { return expected_; }
  const std::string& actual() const { return actual_; }

 private:
  std::string kind_;
  std::string expected_;
  std::string actual_;
};

/// The error for bytes that should begin with the number `expected` and do not; `what` they should be.
FormatError wrong_magic(const std::string& what, std::string_view bytes, std::uint32_t expected);

/// A checksum as eight hexadecimal digits.
std::string hex(std::uint32_t checksum);

/// "12 bytes"
std::string bytes(std::uint64_t count);

}  // namespace formats
