// Keeps the events of a run in a file while the run goes on, so that whatever kills it, all that was told
// before is there. It must not know what the events mean.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>

#include <tl/expected.hpp>

#include "base/fd.h"
#include "executor/model/event.h"

namespace executor::report {

/// One line for each event, in one write and without a buffer of its own: what the kernel has taken survives
/// the process. (It is not forced to the disk, which only the end of the whole machine would need.)
class EventLog : public model::EventSink {
 public:
  /// The file is made, or emptied. The error is a message that names it.
  static tl::expected<EventLog, std::string> open(const std::filesystem::path& file);
  EventLog(EventLog&& other) noexcept : fd_(std::move(other.fd_)), error_(std::move(other.error_)) {}

  void on_event(const model::Event& event) override;

  /// Why the file is not whole ("No space left on device"); empty if it is.
  [[nodiscard]] const std::string& error() const { return error_; }

 private:
  explicit EventLog(base::Fd fd) : fd_(std::move(fd)) {}

  base::Fd fd_;
  std::string error_;
};

}  // namespace executor::report
