// Keeps the events of a run in a file while the run goes on, so that whatever kills it, all that was told
// before is there. It must not know what the events mean.
#include "executor/report/event_log.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>
#include <system_error>

#include "executor/report/event_json.h"

namespace executor::report {

tl::expected<EventLog, std::string> EventLog::open(const std::filesystem::path& file) {
  base::Fd fd(::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0644));
  if (fd) return EventLog(std::move(fd));
  return tl::unexpected(
      fmt::format("{} cannot be written: {}", file.string(), std::generic_category().message(errno)));
}

void EventLog::on_event(const model::Event& event) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto line = to_json(event, std::chrono::duration_cast<std::chrono::milliseconds>(now)) + '\n';
  std::string_view rest = line;
  while (!rest.empty()) {
    const auto n = ::write(fd_.get(), rest.data(), rest.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      if (error_.empty()) error_ = std::generic_category().message(errno);
      return;
    }
    rest.remove_prefix(static_cast<std::size_t>(n));
  }
}

}  // namespace executor::report
