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
/// where `at` counts seconds from the case's start and `direction` is `request` or `reply`. A message is not
/// to wait for a disk: it is added before it goes on, and written by `flush` behind it, or by the end.
class Transcript {
 public:
  /// The file is made when something is written; an empty path keeps nothing.
  Transcript(std::filesystem::path file, base::TimePoint start) : path_(std::move(file)), start_(start) {}
  Transcript(const Transcript&) = delete;
  Transcript& operator=(const Transcript&) = delete;
  ~Transcript() { flush(); }

  enum class Direction { request, reply };
  /// From now on what is said with `process` is kept in memory, until it is known to be part of the case.
  void hold(const model::ProcessName& process);
  /// What was held of `process` is part of the case, and nothing is held any more.
  void release(const model::ProcessName& process);

  /// `message` is a whole JSON text.
  void add(Direction direction, const model::ProcessName& process, const model::PlatformName& platform,
           std::string_view message);
  /// Writes what was added and is not held, each line once and in order. May wait for a disk.
  void flush();

 private:
  const std::filesystem::path path_;
  const base::TimePoint start_;

  std::mutex file_mutex_;  // guards file_; taken before the other one
  base::Fd file_;
  std::mutex mutex_;  // guards what follows; never held while a disk is waited for
  std::map<model::ProcessName, std::string> held_;
  std::string unwritten_;
};

}  // namespace executor::instance
