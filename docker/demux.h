// Takes apart the engine's multiplexed stream of stdout and stderr. It must not know where the bytes come
// from.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace docker {

enum class StdStream : std::uint8_t { out = 1, err = 2 };

/// Streaming demultiplexer in constant memory. The format (Engine API, "Stream format" of attach): frames of
/// an 8-byte header, then that many bytes.
///
///     [STREAM, 0, 0, 0, SIZE3, SIZE2, SIZE1, SIZE0] payload…      STREAM: 1 stdout, 2 stderr; SIZE
///     big-endian
///
/// A payload is handed on piece by piece as it comes, so that what a header claims is never allocated.
class Demux {
 public:
  using Sink = std::function<void(StdStream, std::string_view)>;

  /// Takes the next bytes and calls `sink` for each piece of payload in them, in order. After an impossible
  /// frame all further bytes are ignored. False once the stream is broken; `error()` says why.
  bool feed(std::string_view bytes, const Sink& sink);

  /// The stream has ended. False if that was within a frame; `error()` says so.
  bool finish();

  /// Why the stream is not whole: "impossible frame header 48 65 6c …", "ended 3 bytes into a header",
  /// "ended with 12 of 40 bytes of a frame missing". Empty while all is well.
  [[nodiscard]] const std::string& error() const { return error_; }

 private:
  static constexpr std::size_t kHeaderSize = 8;

  bool open_frame();

  std::array<unsigned char, kHeaderSize> header_{};
  std::size_t header_filled_ = 0;
  StdStream stream_ = StdStream::out;
  std::uint32_t frame_size_ = 0;
  std::uint32_t frame_left_ = 0;
  std::string error_;
};

}  // namespace docker
