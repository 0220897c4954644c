// All messages of one case, both ways, as JSON lines. It must not know what they mean.
#include "executor/instance/transcript.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>

namespace executor::instance {

void Transcript::add(Direction direction, const model::ProcessName& process,
                     const model::PlatformName& platform, std::string_view message) {
  if (path_.empty()) return;
  const std::chrono::duration<double> since = base::Clock::now() - start_;
  std::string text(message);
  // Line breaks can only stand between the tokens of JSON: a string has none.
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
  const auto line =
      fmt::format(R"({{"at":{:.4f},"process":"{}","platform":"{}","direction":"{}","message":{}}})"
                  "\n",
                  since.count(), process.text(), platform.text(),
                  direction == Direction::request ? "request" : "reply", text);
  const std::lock_guard lock(mutex_);
  const auto held = held_.find(process);
  (held == held_.end() ? unwritten_ : held->second) += line;
}

void Transcript::hold(const model::ProcessName& process) {
  const std::lock_guard lock(mutex_);
  held_.try_emplace(process);
}

void Transcript::release(const model::ProcessName& process) {
  const std::lock_guard lock(mutex_);
  if (const auto held = held_.extract(process)) unwritten_ += held.mapped();
}

void Transcript::flush() {
  const std::lock_guard file_lock(file_mutex_);
  std::string lines;
  {
    const std::lock_guard lock(mutex_);
    lines.swap(unwritten_);
  }
  if (path_.empty() || lines.empty()) return;
  if (!file_) file_.reset(::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
  // One write: lines stay whole whoever else appends. A full disk is told by the case's log.
  [[maybe_unused]] const auto n = ::write(file_.get(), lines.data(), lines.size());
}

}  // namespace executor::instance
