// All messages of one case, both ways, as JSON lines. It must not know what they mean.
#pragma once

#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "base/deadline.h"
#include "base/fd.h"
#include "executor/model/ids.h"

namespace executor::instance {

/// Appends to a file; thread-safe. A line is
///
///     {"at":0.123,"process":"writer","platform":"python","direction":"request","message":{…}}
///
/// where `at` counts seconds from the case's start and `direction` is `request` or `reply`.
class Transcript {
 public:
  /// The file is made at the first message; an empty path keeps nothing.
  Transcript(std::filesystem::path file, base::TimePoint start) : path_(std::move(file)), start_(start) {}

  enum class Direction { request, reply };
  /// From now on what is said with `process` is kept in memory, until it is known to be part of the case.
  void hold(const model::ProcessName& process);
  /// Writes what was held of `process`, and holds no more.
  void release(const model::ProcessName& process);

  /// `message` is a whole JSON text.
  void add(Direction direction, const model::ProcessName& process, const model::PlatformName& platform,
           std::string_view message);

 private:
  const std::filesystem::path path_;
  const base::TimePoint start_;
  void write(std::string_view lines);

  std::mutex mutex_;  // guards what follows
  std::map<model::ProcessName, std::string> held_;
  base::Fd file_;
};

}  // namespace executor::instance
