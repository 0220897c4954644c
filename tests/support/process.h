// Programs that a test runs.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace tests {

/// How a program ended, and what it wrote.
struct Finished {
  int exit_code = -1;  ///< 128 + signal where a signal ended it
  std::string out;
  std::string err;
  std::int64_t peak_memory = 0;  ///< bytes, of the program itself
};

/// A child process with its output collected. Killed at the latest in the destructor.
class Process {
 public:
  struct Options {
    std::filesystem::path folder;                    ///< working directory; empty: the test's own
    std::map<std::string, std::string> environment;  ///< in addition to the test's own
  };

  explicit Process(std::vector<std::string> command);
  Process(std::vector<std::string> command, Options options);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  [[nodiscard]] pid_t pid() const { return pid_; }
  void signal(int number) const;
  /// Blocks until `text` stands in its stdout; false if it ends or `patience` passes first.
  bool wait_for_output(const std::string& text, std::chrono::seconds patience);
  /// The same for its stderr.
  bool wait_for_error(const std::string& text, std::chrono::seconds patience);
  /// Blocks until a signal has stopped it.
  bool wait_until_stopped(std::chrono::seconds patience);
  /// Blocks until it has ended, and reads nothing of what it writes meanwhile; false if `patience` passes.
  bool wait_until_ended(std::chrono::seconds patience);
  /// Nobody reads its stdout any more.
  void close_output();
  /// Blocks until it has ended; kills it when `patience` passes.
  Finished finish(std::chrono::seconds patience);

 private:
  bool wait_for(const std::string& where, const std::string& text, std::chrono::seconds patience);
  void collect(std::chrono::milliseconds wait);
  bool reap(bool block);

  pid_t pid_ = -1;
  int out_ = -1;
  int err_ = -1;
  bool reaped_ = false;
  Finished finished_;
};

/// Runs one to its end.
Finished run(std::vector<std::string> command, Process::Options options = {},
             std::chrono::seconds patience = std::chrono::seconds(120));

/// A TCP port of the loopback address that nobody listens on.
int free_port();

}  // namespace tests
