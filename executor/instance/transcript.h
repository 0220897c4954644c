// All messages of one case, both ways, as JSON lines. It must not know what they mean.
#pragma once

#include <filesystem>
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
  /// `message` is a whole JSON text.
  void add(Direction direction, const model::ProcessName& process, const model::PlatformName& platform,
           std::string_view message);

 private:
  const std::filesystem::path path_;
  const base::TimePoint start_;
  std::mutex mutex_;
  base::Fd file_;
};

}  // namespace executor::instance
