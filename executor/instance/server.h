// Where one platform server lives: a container, or a host process. The seam between a server's life and its
// conversation; it must not know the protocol.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tl/expected.hpp>

#include "base/deadline.h"
#include "executor/model/event.h"
#include "executor/model/instance_life.h"
#include "executor/rpc/channel.h"

namespace executor::instance {

/// What kept an instance from being started or asked.
struct Error {
  std::string reason;  ///< one sentence that names the thing
  std::string hint;    ///< what to do about it; may be empty
  bool cancelled = false;
  bool engine_fault = false;  ///< of the engine, whatever time limit has passed meanwhile
};

/// Takes a server's output, on the thread that reads it. Both streams have ended when `on_end` comes.
class Output {
 public:
  Output() = default;
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;
  virtual ~Output() = default;

  virtual void on_stdout(std::string_view bytes) = 0;
  virtual void on_stderr(std::string_view bytes) = 0;
  /// `error` says why the output is not whole; empty if it is.
  virtual void on_end(const std::string& error) = 0;
};

/// How a server ended.
struct Exit {
  std::int64_t code = 0;  ///< 128 + signal where a signal ended it
  bool oom_killed = false;
};

/// What is measured of a server; nothing where it is not known.
struct Measured {
  std::optional<base::TimePoint> created;
  std::optional<base::TimePoint> started;
  std::optional<base::TimePoint> ended;
  model::MeasuredBy by = model::MeasuredBy::nothing;
  model::Usage peak;
  std::vector<std::pair<base::TimePoint, model::Usage>> samples;  ///< by time
};

/// One server, from its start to its removal. One thread uses it, besides the one that reads its output.
class Server : public rpc::ByteStream {
 public:
  /// Starts it; its output goes to `output`, which must outlive the server. Blocks to the deadline. After an
  /// error there is nothing to stop, but `dispose` is still to be called.
  virtual tl::expected<void, Error> start(Output& output, const base::Deadline& deadline,
                                          const std::stop_token& stop) = 0;

  /// The server reads the end of its stdin.
  virtual void close_stdin() = 0;
  /// SIGTERM or SIGKILL; one that has ended already is fine.
  virtual void terminate() = 0;
  virtual void kill() = 0;

  /// Blocks until it has ended and all its output has been handed on, to the deadline. An error: it cannot be
  /// said any more how it ended (the engine is gone). Nothing: it has not ended by then, or `stop` came.
  virtual tl::expected<std::optional<Exit>, Error> wait(const base::Deadline& deadline,
                                                        const std::stop_token& stop) = 0;

  /// Asks whether what stands between us and the server works, where there is such a thing (an engine).
  /// Blocks until it says so, to the deadline; the error says why it does not.
  virtual tl::expected<void, Error> check(const base::Deadline&, const std::stop_token&) { return {}; }

  /// For how long in all that did not work so far; grows only.
  [[nodiscard]] virtual std::chrono::milliseconds absence() const { return {}; }

  /// Whether its output can be seen to end while it runs on. Where it cannot, such an end is that of the
  /// connection that carries it.
  [[nodiscard]] virtual bool can_outlive_its_output() const { return true; }

  /// Ends it if it still lives, and takes away all that it left. Ignores any cancellation. Empty, or what
  /// went wrong.
  virtual std::string dispose() = 0;

  /// What it was started from, for reports; empty where there is no such thing.
  [[nodiscard]] virtual std::string image_reference() const = 0;
  [[nodiscard]] virtual std::string image_id() const = 0;
  /// The command line of a host process; empty for a container.
  [[nodiscard]] virtual std::string command() const { return {}; }
  /// All that is known of the image.
  [[nodiscard]] virtual model::PlatformImage image() const { return {{}, image_reference(), image_id()}; }
  /// Id of the container it lives in, while there is one; empty where there is no such thing.
  [[nodiscard]] virtual std::string container() const { return {}; }

  /// Looks at what it uses, while it still runs: it is about to be ended. Blocks for microseconds, or, where
  /// an engine is to be asked that was never asked about it before, for 250 ms at most.
  virtual void measure() {}
  /// So far.
  [[nodiscard]] virtual Measured measured() const { return {}; }
};

}  // namespace executor::instance
