// What is measured of one instance: when it did what, what it used, and the last lines that it wrote. It must
// not know how any of it is come by.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace executor::model {

using std::chrono::milliseconds;

/// Where a line of a log came from.
enum class LogSource {
  stderr_text,   ///< the server's stderr
  stdout_noise,  ///< its stdout, as far as it was no message
  log,           ///< `log` notifications and the `logs` of results
  cexec,         ///< what cexec did: started, killed, …
};

struct LogLine {
  milliseconds at{0};  ///< since the case began
  LogSource source = LogSource::stderr_text;
  std::string level;  ///< of `log`; may be empty
  std::string text;   ///< as written, cut to a length
};

/// Since the run began; nothing: it did not come to that, or nobody saw it.
struct Life {
  std::optional<milliseconds> created;  ///< its container or process was asked for
  std::optional<milliseconds> started;  ///< it runs
  std::optional<milliseconds> ready;    ///< it answered `health`
  std::optional<milliseconds> ended;
};

/// What an instance uses. Bytes and nanoseconds; counts since its start but for memory and pids. A
/// container's memory is what counts against its limit, page cache included.
struct Usage {
  std::int64_t memory = 0;
  std::int64_t cpu_nanoseconds = 0;
  std::int64_t pids = 0;
  std::int64_t read_bytes = 0;   ///< from block devices
  std::int64_t write_bytes = 0;  ///< to block devices
};

/// Where what an instance used is known from.
enum class MeasuredBy {
  nothing,  ///< it is not known
  cgroup,   ///< the files of its cgroup
  engine,   ///< the engine was asked
  process,  ///< the system's account of the process
};

struct Sample {
  milliseconds at{0};  ///< since the run began
  Usage usage;
};

}  // namespace executor::model
