// Takes apart the engine's multiplexed stream of stdout and stderr. It must not know where the bytes come
// from.
#include "docker/demux.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace docker {

bool Demux::feed(std::string_view bytes, const Sink& sink) {
  while (!bytes.empty() && error_.empty()) {
    if (frame_left_ > 0) {
      const auto piece = bytes.substr(0, frame_left_);
      sink(stream_, piece);
      frame_left_ -= static_cast<std::uint32_t>(piece.size());
      bytes.remove_prefix(piece.size());
      continue;
    }
    const std::size_t n = std::min(bytes.size(), kHeaderSize - header_filled_);
    std::copy_n(bytes.begin(), n, header_.begin() + static_cast<std::ptrdiff_t>(header_filled_));
    header_filled_ += n;
    bytes.remove_prefix(n);
    if (header_filled_ == kHeaderSize && !open_frame()) return false;
  }
  return error_.empty();
}

bool Demux::open_frame() {
  header_filled_ = 0;
  const bool known = header_[0] == 1 || header_[0] == 2;
  if (!known || header_[1] != 0 || header_[2] != 0 || header_[3] != 0) {
    error_ = fmt::format("impossible frame header {:02x}", fmt::join(header_, " "));
    return false;
  }
  stream_ = static_cast<StdStream>(header_[0]);
  frame_size_ = (std::uint32_t{header_[4]} << 24U) | (std::uint32_t{header_[5]} << 16U) |
                (std::uint32_t{header_[6]} << 8U) | std::uint32_t{header_[7]};
  frame_left_ = frame_size_;
  return true;
}

bool Demux::finish() {
  if (!error_.empty()) return false;
  if (header_filled_ > 0) {
    error_ = fmt::format("ended {} bytes into a frame header", header_filled_);
  } else if (frame_left_ > 0) {
    error_ = fmt::format("ended with {} of {} bytes of a frame missing", frame_left_, frame_size_);
  }
  return error_.empty();
}

}  // namespace docker
