// Some lines at the end of a terminal's output that change while others are printed above them. It must not
// know what they say.
#pragma once

#include <cstddef>
#include <functional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace executor::report {

/// How many columns a text takes on a terminal; what is no UTF-8 counts one for each byte.
std::size_t column_count(std::string_view text);

/// The start of the text that fits into so many columns, "…" at its end if there was more.
std::string clipped(std::string_view text, std::size_t columns);

/// Erases and draws with the few sequences that every terminal knows, never moves above its own lines, and
/// ends with the cursor behind them. Each change is one write, so that nothing is ever half drawn.
class LiveArea {
 public:
  /// `out` must outlive it. `columns` is asked before each change: the terminal may have another width by
  /// then.
  LiveArea(std::ostream& out, std::function<std::size_t()> columns)
      : out_(out), columns_(std::move(columns)) {}

  /// Puts `text`, which must be whole lines, above the area, and draws the area anew: `lines` must hold no
  /// control characters but colors, and are cut to the width.
  void print(std::string_view text, const std::vector<std::string>& lines);

  [[nodiscard]] std::size_t columns() const { return columns_(); }

 private:
  [[nodiscard]] std::string erasing(std::size_t columns) const;

  std::ostream& out_;
  const std::function<std::size_t()> columns_;
  std::vector<std::size_t> drawn_;  ///< the columns that each line on the screen takes
};

}  // namespace executor::report
