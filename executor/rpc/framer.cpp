// Splits a stream of bytes into messages, and puts messages on a stream. It must not know what a message
// says.
#include "executor/rpc/framer.h"

#include <fmt/format.h>
#include <strings.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "executor/text/quote.h"

namespace executor::rpc {
namespace {

constexpr std::size_t kMaxHeader = std::size_t{8} << 10U;
constexpr std::string_view kHeaderEnd = "\r\n\r\n";

bool is_blank(std::string_view line) {
  return line.find_first_not_of(" \t\r") == std::string_view::npos;
}

std::string too_large(std::string_view start) {
  return fmt::format("wrote a message of more than {} MiB: {}", kMaxMessage >> 20U, text::quote(start));
}

/// The value of Content-Length in a header block; nothing if it is missing or no number.
std::optional<std::size_t> content_length(std::string_view header) {
  constexpr std::string_view kName = "content-length:";
  while (!header.empty()) {
    const auto line = header.substr(0, header.find("\r\n"));
    header.remove_prefix(std::min(header.size(), line.size() + 2));
    if (line.size() < kName.size() || ::strncasecmp(line.data(), kName.data(), kName.size()) != 0) continue;
    auto value = line.substr(kName.size());
    value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
    std::size_t size = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), size);
    if (error != std::errc() || end != value.data() + value.size()) return std::nullopt;
    return size;
  }
  return std::nullopt;
}

}  // namespace

std::string framed(Framing framing, std::string_view message) {
  if (framing == Framing::ndjson) return fmt::format("{}\n", message);
  return fmt::format("Content-Length: {}\r\n\r\n{}", message.size(), message);
}

bool Framer::feed(std::string_view bytes, const std::function<void(std::string_view)>& on_message) {
  if (!error_.empty()) return false;
  return framing_ == Framing::ndjson ? feed_lines(bytes, on_message) : feed_counted(bytes, on_message);
}

bool Framer::fail(std::string error) {
  error_ = std::move(error);
  partial_ = {};
  return false;
}

bool Framer::feed_lines(std::string_view bytes, const std::function<void(std::string_view)>& on_message) {
  while (!bytes.empty()) {
    const auto end = bytes.find('\n');
    const auto piece = bytes.substr(0, end);
    if (partial_.size() + piece.size() > kMaxMessage) {
      partial_.append(piece.substr(0, 200));
      return fail(too_large(partial_));
    }
    if (end == std::string_view::npos) {
      partial_.append(piece);
      return true;
    }
    bytes.remove_prefix(end + 1);
    // A line that came whole is handed on without a copy.
    std::string_view line = piece;
    if (!partial_.empty()) line = partial_.append(piece);
    if (!is_blank(line)) on_message(line.ends_with('\r') ? line.substr(0, line.size() - 1) : line);
    if (partial_.capacity() > (std::size_t{1} << 20U)) partial_ = {};
    partial_.clear();
  }
  return true;
}

bool Framer::feed_counted(std::string_view bytes, const std::function<void(std::string_view)>& on_message) {
  while (!bytes.empty()) {
    const std::size_t wanted = in_body_ ? body_size_ - partial_.size() : 1;
    const auto piece = bytes.substr(0, wanted);
    partial_.append(piece);
    bytes.remove_prefix(piece.size());
    if (!in_body_ && !read_header()) return false;
    if (!in_body_ || partial_.size() < body_size_) continue;
    on_message(partial_);
    partial_ = {};
    in_body_ = false;
  }
  return true;
}

/// One byte has been added to the header block: is it complete, is it still possible?
bool Framer::read_header() {
  if (partial_.size() > kMaxHeader)
    return fail("wrote a header of more than 8 KiB: " + text::quote(partial_));
  if (!partial_.ends_with(kHeaderEnd)) return true;
  const auto size = content_length(partial_);
  if (!size) return fail("wrote a header without a Content-Length: " + text::quote(partial_));
  if (*size > kMaxMessage) return fail(too_large(partial_));
  partial_.clear();
  in_body_ = *size > 0;
  body_size_ = *size;
  return true;
}

std::string Framer::pending() const {
  if (partial_.empty() && !in_body_) return {};
  if (framing_ == Framing::ndjson) {
    return fmt::format("wrote {} bytes and no newline: {}", partial_.size(), text::quote(partial_));
  }
  if (!in_body_) return fmt::format("wrote {} bytes of a header: {}", partial_.size(), text::quote(partial_));
  return fmt::format("wrote {} of {} bytes of a message: {}", partial_.size(), body_size_,
                     text::quote(partial_));
}

}  // namespace executor::rpc
