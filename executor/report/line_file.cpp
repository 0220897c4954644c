// The lines of a file, each with its place, without holding more than one of them. It must not know what
// stands in them.
#include "executor/report/line_file.h"

#include <fcntl.h>

#include <cerrno>
#include <system_error>
#include <vector>

#include "base/fd.h"

namespace executor::report {
namespace {

constexpr std::size_t kBlock = std::size_t{256} << 10U;

std::string last_error() {
  return std::generic_category().message(errno);
}

}  // namespace

std::string for_each_line(const std::filesystem::path& file,
                          const std::function<void(const FileLine&)>& take) {
  const base::Fd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return last_error();
  std::vector<char> block(kBlock);
  std::string line;  // what blocks before brought of it
  FileLine next{{}, 0, 1, true};
  const auto emit = [&](bool is_whole) {
    next.text = line;
    next.is_whole = is_whole;
    if (!line.empty()) take(next);
    next.offset += static_cast<std::int64_t>(line.size()) + 1;
    ++next.number;
    line.clear();
  };
  while (true) {
    const auto n = ::read(fd.get(), block.data(), block.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return last_error();
    if (n == 0) break;
    std::string_view rest(block.data(), static_cast<std::size_t>(n));
    for (auto end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
      line += rest.substr(0, end);
      emit(true);
      rest.remove_prefix(end + 1);
    }
    line += rest;
  }
  emit(false);
  return {};
}

std::string read_part(const std::filesystem::path& file, std::int64_t offset, std::size_t length) {
  const base::Fd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  std::string text(length, '\0');
  std::size_t have = 0;
  while (fd && have < length) {
    const auto n =
        ::pread(fd.get(), text.data() + have, length - have, offset + static_cast<std::int64_t>(have));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    have += static_cast<std::size_t>(n);
  }
  text.resize(have);
  return text;
}

}  // namespace executor::report
