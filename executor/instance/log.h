// What one process of a case writes, merged by time: the last lines in memory, all of it in a file. It must
// not know what the lines mean.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/deadline.h"
#include "base/fd.h"
#include "executor/model/instance_life.h"

namespace executor::instance {

/// Lines that are kept of what one process writes; beyond it bytes are counted and left out.
inline constexpr std::int64_t kMaxLogBytes = std::int64_t{64} << 20U;

using Source = model::LogSource;

/// Thread-safe. Memory does not grow with what is written: it holds some last lines, cut to a length.
class Log {
 public:
  /// `start` is time 0 of the lines. The file is made at the first line; an empty path keeps none.
  Log(std::filesystem::path file, base::TimePoint start) : file_path_(std::move(file)), start_(start) {}

  /// One line or several; a missing line end at the end of `text` does not matter.
  void add(Source source, std::string_view text, std::string_view level = {});
  /// Bytes as they come: lines are put together from pieces; `finish` takes what has no line end.
  void add_bytes(Source source, std::string_view bytes);
  void finish();

  /// Forgets all, and takes the file away: what was written is nobody's evidence. Nothing is kept afterwards.
  void discard();

  /// The last lines of one source, oldest first, without their times.
  [[nodiscard]] std::vector<std::string> tail(Source source) const;
  /// The last lines of each source, in the order of their times.
  [[nodiscard]] std::vector<model::LogLine> last_lines() const;
  [[nodiscard]] std::int64_t omitted_bytes() const;
  /// Why the file is not whole ("No space left on device"); empty if it is.
  [[nodiscard]] std::string file_error() const;

 private:
  void take_pieces(Source source, std::string_view bytes, std::string& out);
  void take_line(Source source, std::string_view level, std::string_view line, std::string& out);
  void write_out(std::string_view text);
  std::string& partial(Source source) {
    return source == Source::stderr_text ? partial_stderr_ : partial_stdout_;
  }

  const std::filesystem::path file_path_;
  const base::TimePoint start_;
  mutable std::mutex mutex_;
  base::Fd file_;
  std::string file_error_;
  bool is_discarded_ = false;
  std::int64_t kept_ = 0;
  std::int64_t omitted_ = 0;
  std::string partial_stderr_;
  std::string partial_stdout_;
  std::array<std::deque<model::LogLine>, 4> rings_;  ///< one for each source
};

}  // namespace executor::instance
