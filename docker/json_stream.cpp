// A body that is a sequence of JSON objects, as progress and events are sent. Internal to docker/.
#include "docker/json_stream.h"

#include <fmt/format.h>

namespace docker {
namespace {

constexpr std::size_t kMaxLine = std::size_t{4} << 20U;

}  // namespace

Result<void> JsonStream::feed(std::string_view bytes) {
  while (true) {
    const auto end = bytes.find('\n');
    if (end == std::string_view::npos) break;
    partial_.append(bytes.substr(0, end));
    bytes.remove_prefix(end + 1);
    if (auto taken = take_line(partial_); !taken) return taken;
    partial_.clear();
  }
  partial_.append(bytes);
  if (partial_.size() > kMaxLine) {
    return tl::unexpected(Error{ErrorKind::malformed, 0, {}, "a line of the answer is too long"});
  }
  return {};
}

Result<void> JsonStream::finish() {
  return take_line(partial_);
}

Result<void> JsonStream::take_line(std::string_view line) {
  if (line.find_first_not_of(" \t\r") == std::string_view::npos) return {};
  const auto document = base::json::parse(line);
  if (document) return sink_(*document);
  return tl::unexpected(Error{
      ErrorKind::malformed, 0, {}, fmt::format("a line of the answer is not JSON: {}", line.substr(0, 200))});
}

}  // namespace docker
