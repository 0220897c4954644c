// One line of a feature file, and what counts as white space in it. It must not know any keyword.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace executor::gherkin {

/// Length in bytes of the white-space character that `text` starts with; 0 if it starts with none. White
/// space is what Unicode and ECMAScript call so, the byte order mark included.
std::size_t leading_space(std::string_view text);
/// The same for the end.
std::size_t trailing_space(std::string_view text);
std::string_view trim_left(std::string_view text);
std::string_view trim_right(std::string_view text);
std::string_view trim(std::string_view text);

/// Number of code points. Bytes that are no UTF-8 count as one each.
std::uint32_t count_code_points(std::string_view text);

/// A line without its line end.
struct Line {
  std::string_view text;
  std::string_view trimmed;  ///< without leading white space
  std::uint32_t number = 0;  ///< from 1
  std::uint32_t indent = 0;  ///< white-space characters before `trimmed`
  bool is_eof = false;

  Line() = default;
  Line(std::string_view line, std::uint32_t line_number);

  [[nodiscard]] bool starts_with(std::string_view prefix) const { return trimmed.starts_with(prefix); }
  /// The text without its first `count` characters of indentation; if there are less, without all of them.
  [[nodiscard]] std::string_view without_indent(std::uint32_t count) const;
};

/// Splits a text into lines at "\n" and "\r\n". A last line of white space only does not count.
class LineReader {
 public:
  explicit LineReader(std::string_view text) : rest_(text) {}
  /// After the last line: lines with `is_eof`, numbered on.
  Line next();

 private:
  std::string_view rest_;
  std::uint32_t number_ = 0;
  bool ended_ = false;
};

}  // namespace executor::gherkin
