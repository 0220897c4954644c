// The lines of a file, each with its place, without holding more than one of them. It must not know what
// stands in them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace executor::report {

struct FileLine {
  std::string_view text;  ///< without its end
  std::int64_t offset = 0;
  std::size_t number = 0;  ///< from 1
  bool is_whole = true;    ///< false: the file ends in it
};

/// Calls `take` for every line that is not empty. Returns what kept it from reading on ("No such file or
/// directory"); empty if it came to the end.
std::string for_each_line(const std::filesystem::path& file,
                          const std::function<void(const FileLine&)>& take);

/// Reads `length` bytes at `offset`; fewer, if the file has fewer.
std::string read_part(const std::filesystem::path& file, std::int64_t offset, std::size_t length);

}  // namespace executor::report
