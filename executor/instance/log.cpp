// What one process of a case writes, merged by time: the last lines in memory, all of it in a file. It must
// not know what the lines mean.
#include "executor/instance/log.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace executor::instance {
namespace {

constexpr std::size_t kRingLines = 20;
constexpr std::size_t kRingLineBytes = 1000;
/// A line without end must not be collected for ever; it is written in pieces of this size.
constexpr std::size_t kMaxLine = std::size_t{64} << 10U;

std::string_view name_of(Source source) {
  switch (source) {
    case Source::stderr_text: return "stderr";
    case Source::stdout_noise: return "stdout";
    case Source::log: return "log   ";
    case Source::cexec: return "cexec ";
  }
  return "";
}

}  // namespace

void Log::add(Source source, std::string_view text, std::string_view level) {
  const std::lock_guard lock(mutex_);
  std::string out;
  if (text.ends_with('\n')) text.remove_suffix(1);
  while (true) {
    const auto end = text.find('\n');
    take_line(source, level, text.substr(0, end), out);
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  write_out(out);
}

void Log::add_bytes(Source source, std::string_view bytes) {
  const std::lock_guard lock(mutex_);
  std::string out;
  take_pieces(source, bytes, out);
  write_out(out);
}

void Log::take_pieces(Source source, std::string_view bytes, std::string& out) {
  // What is not going to be kept is not worth taking apart: a flood must not cost more than its reading.
  if (kept_ + static_cast<std::int64_t>(out.size()) >= kMaxLogBytes && bytes.size() > kMaxLine) {
    const auto skipped = bytes.size() - kMaxLine;
    omitted_ += static_cast<std::int64_t>(skipped);
    bytes.remove_prefix(skipped);
  }
  auto& rest = partial(source);
  while (true) {
    const auto end = bytes.find('\n');
    rest.append(bytes.substr(0, end));
    if (end == std::string_view::npos && rest.size() < kMaxLine) return;
    take_line(source, {}, rest, out);
    rest.clear();
    if (end == std::string_view::npos) return;
    bytes.remove_prefix(end + 1);
  }
}

void Log::finish() {
  const std::lock_guard lock(mutex_);
  std::string out;
  for (const auto source : {Source::stdout_noise, Source::stderr_text}) {
    if (!partial(source).empty()) take_line(source, {}, partial(source), out);
    partial(source).clear();
  }
  if (omitted_ > 0) {
    out += fmt::format("[{} more bytes were written and left out]\n", omitted_);
    kept_ = std::min(kept_, kMaxLogBytes - 1);  // this line fits always
  }
  write_out(out);
}

void Log::take_line(Source source, std::string_view level, std::string_view line, std::string& out) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  const std::chrono::duration<double> since = base::Clock::now() - start_;
  auto& lines = rings_.at(static_cast<std::size_t>(source));
  if (lines.size() == kRingLines) lines.pop_front();
  lines.push_back({std::chrono::duration_cast<std::chrono::milliseconds>(since), source, std::string(level),
                   std::string(line.substr(0, kRingLineBytes))});
  if (line.size() > kRingLineBytes) lines.back().text += "…";
  if (kept_ + static_cast<std::int64_t>(out.size()) >= kMaxLogBytes) {
    omitted_ += static_cast<std::int64_t>(line.size()) + 1;
    return;
  }
  fmt::format_to(std::back_inserter(out), "+{:.3f}s {} {}{}{}\n", since.count(), name_of(source), level,
                 level.empty() ? "" : " ", line);
}

void Log::write_out(std::string_view text) {
  if (text.empty()) return;
  kept_ += static_cast<std::int64_t>(text.size());
  if (file_path_.empty() || !file_error_.empty() || is_discarded_) return;
  if (!file_) file_.reset(::open(file_path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
  while (!text.empty()) {
    const auto n = ::write(file_.get(), text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      file_error_ = std::generic_category().message(errno);
      return;
    }
    text.remove_prefix(static_cast<std::size_t>(n));
  }
}

void Log::discard() {
  const std::lock_guard lock(mutex_);
  is_discarded_ = true;
  if (!file_) return;
  file_.reset();
  ::unlink(file_path_.c_str());
}

std::vector<std::string> Log::tail(Source source) const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> texts;
  for (const auto& line : rings_.at(static_cast<std::size_t>(source))) texts.push_back(line.text);
  return texts;
}

std::vector<model::LogLine> Log::last_lines() const {
  const std::lock_guard lock(mutex_);
  std::vector<model::LogLine> lines;
  for (const auto& ring : rings_) lines.insert(lines.end(), ring.begin(), ring.end());
  std::stable_sort(lines.begin(), lines.end(),
                   [](const model::LogLine& a, const model::LogLine& b) { return a.at < b.at; });
  return lines;
}

std::int64_t Log::omitted_bytes() const {
  const std::lock_guard lock(mutex_);
  return omitted_;
}

std::string Log::file_error() const {
  const std::lock_guard lock(mutex_);
  return file_error_;
}

}  // namespace executor::instance
