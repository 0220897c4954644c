// The little HTTP/1.1 that a hand-written request on its own connection needs. Internal to docker/; it must
// not know any endpoint of the API.
#include "docker/http.h"

#include <strings.h>

#include <algorithm>
#include <charconv>

#include "docker/trim.h"

namespace docker {
namespace {

constexpr std::size_t kMaxHead = std::size_t{64} << 10U;
constexpr std::size_t kMaxRefusal = std::size_t{64} << 10U;

template <class Number>
std::optional<Number> to_number(std::string_view text, int base = 10) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

HeadReader::State HeadReader::feed(std::string_view bytes) {
  const std::size_t seen = buffer_.size() < 3 ? 0 : buffer_.size() - 3;
  buffer_.append(bytes);
  const auto end = buffer_.find("\r\n\r\n", seen);
  if (end == std::string::npos) return buffer_.size() > kMaxHead ? State::malformed : State::more;
  rest_ = buffer_.substr(end + 4);
  return parse(std::string_view(buffer_).substr(0, end + 2));
}

HeadReader::State HeadReader::parse(std::string_view head) {
  const auto line = head.substr(0, head.find("\r\n"));
  // "HTTP/1.1 101 UPGRADED": the reason may be missing.
  if (!line.starts_with("HTTP/1.") || line.size() < 12) return State::malformed;
  const auto status = to_number<int>(line.substr(9, 3));
  if (!status || *status < 100) return State::malformed;
  response_.status = *status;
  head.remove_prefix(line.size() + 2);
  while (!head.empty()) {
    const auto field = head.substr(0, head.find("\r\n"));
    head.remove_prefix(field.size() + 2);
    const auto colon = field.find(':');
    if (colon == std::string_view::npos) return State::malformed;
    response_.headers.emplace_back(field.substr(0, colon), trim(field.substr(colon + 1)));
  }
  return State::done;
}

BodyReader::BodyReader(const Response& head) {
  const auto coding = head.header("Transfer-Encoding");
  const auto length = head.header("Content-Length");
  if (::strcasecmp(std::string(coding).c_str(), "chunked") == 0) {
    step_ = Step::chunk_size;
  } else if (!length.empty()) {
    const auto size = to_number<std::size_t>(length);
    step_ = !size ? Step::malformed : *size == 0 ? Step::done : Step::counted;
    left_ = size.value_or(0);
  }
}

BodyReader::State BodyReader::state() const {
  if (step_ == Step::done) return State::done;
  return step_ == Step::malformed || body_.size() > kMaxRefusal ? State::malformed : State::more;
}

BodyReader::State BodyReader::feed(std::string_view bytes) {
  while (!bytes.empty() && state() == State::more) {
    if (!take(bytes)) continue;  // a piece of the body
    const char c = bytes.front();
    bytes.remove_prefix(1);
    if (c != '\n') {
      line_ += c;
      if (line_.size() > kMaxHead) step_ = Step::malformed;
      continue;
    }
    on_line();
    line_.clear();
  }
  return state();
}

/// Moves body bytes over; true if the next byte belongs to a line instead.
bool BodyReader::take(std::string_view& bytes) {
  if (step_ != Step::counted && step_ != Step::until_end && step_ != Step::chunk_data) return true;
  const auto n = step_ == Step::until_end ? bytes.size() : std::min(bytes.size(), left_);
  body_.append(bytes.substr(0, n));
  bytes.remove_prefix(n);
  if (step_ == Step::until_end) return false;
  left_ -= n;
  if (left_ == 0) step_ = step_ == Step::counted ? Step::done : Step::chunk_end;
  return false;
}

void BodyReader::on_line() {
  const auto line = trim(line_);
  switch (step_) {
    case Step::chunk_size: {
      const auto size = to_number<std::size_t>(trim(line.substr(0, line.find(';'))), 16);
      step_ = !size ? Step::malformed : *size == 0 ? Step::trailer : Step::chunk_data;
      left_ = size.value_or(0);
      return;
    }
    case Step::chunk_end: step_ = line.empty() ? Step::chunk_size : Step::malformed; return;
    case Step::trailer:
      if (line.empty()) step_ = Step::done;
      return;
    default: step_ = Step::malformed;
  }
}

BodyReader::State BodyReader::finish() {
  if (step_ == Step::until_end) step_ = Step::done;
  return state() == State::done ? State::done : State::malformed;
}

}  // namespace docker
