// Text that waits in a file which has no name. It must not know what the text is, nor where it goes.
#include "executor/cli/spool.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace executor::cli {

std::size_t Spool::add(std::string_view text) {
  if (file_ == nullptr) file_ = std::tmpfile();
  std::size_t done = 0;
  while (file_ != nullptr && done < text.size()) {
    const auto n = ::pwrite(::fileno(file_), text.data() + done, text.size() - done, end_);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    done += static_cast<std::size_t>(n);
    end_ += n;
  }
  return done;
}

std::string Spool::take(std::size_t most) {
  std::string text(std::min(most, size()), '\0');
  const auto n = ::pread(::fileno(file_), text.data(), text.size(), begin_);
  text.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
  begin_ = n > 0 ? begin_ + n : end_;
  if (begin_ != end_) return text;
  begin_ = end_ = 0;
  [[maybe_unused]] const auto emptied = ::ftruncate(::fileno(file_), 0);
  return text;
}

}  // namespace executor::cli
