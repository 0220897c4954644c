// Requests to one server and its answers, over any stream of bytes. It must not know what a method means, nor
// where the bytes go.
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <tl/expected.hpp>

#include "base/deadline.h"
#include "base/mailbox.h"
#include "executor/rpc/framer.h"
#include "executor/rpc/message.h"

namespace executor::rpc {

/// Why a call has no answer.
struct CallError {
  enum class Kind {
    timed_out,  ///< the deadline passed; `detail` says what there was of an answer
    ended,      ///< the server's stdout ended, or it no longer reads its stdin
    violation,  ///< the server broke the protocol; every further call has the same error
    cancelled,  ///< the stop token was triggered
    too_large,  ///< the request is over the limit and was not sent
  };
  Kind kind = Kind::timed_out;
  std::string detail;
};

/// The other end of a channel's bytes.
class ByteStream {
 public:
  enum class Written { all, timed_out, closed, stopped };

  ByteStream() = default;
  ByteStream(const ByteStream&) = delete;
  ByteStream& operator=(const ByteStream&) = delete;
  virtual ~ByteStream() = default;
  /// Blocks until all bytes are taken, to the deadline.
  virtual Written write(std::string_view bytes, const base::Deadline& deadline,
                        const std::stop_token& stop) = 0;
  /// Reads on the caller's thread, and hands on as the thread that else reads would, until `enough` says so,
  /// to the deadline: a wait for an answer without another thread in between. A stream that cannot be read by
  /// its caller returns at once.
  virtual void read_here(const std::function<bool()>& /*enough*/, const base::Deadline&,
                         const std::stop_token&) {}
};

/// Is told what passes through a channel: what is sent on the caller's thread, what is received on the
/// receiving thread. Must not call the channel.
class Listener {
 public:
  Listener() = default;
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  virtual ~Listener() = default;

  virtual void on_request(std::string_view message) = 0;
  virtual void on_reply(std::string_view message) = 0;
  /// The notification `log`.
  virtual void on_log(std::string_view level, std::string_view message) = 0;
  /// What was written to stdout and is no message, or another notification; with its line ends.
  virtual void on_noise(std::string_view text) = 0;
  /// What was told before is on its way, and nobody waits for this thread: time for what takes time.
  virtual void on_passed() = 0;
};

/// One server's end of the conversation. One thread at a time is in `receive` or `end`, one in the rest; they
/// may be the same.
class Channel {
 public:
  /// Both must outlive the channel.
  Channel(Framing framing, ByteStream& stream, Listener& listener)
      : framing_(framing), stream_(stream), listener_(listener), framer_(framing) {}

  /// Bytes of the server's stdout, as they come.
  void receive(std::string_view bytes);
  /// Its stdout has ended.
  void end();

  /// Sends a request and does not wait; returns its id. `params` is a JSON object.
  tl::expected<std::int64_t, CallError> post(std::string_view method, std::string_view params,
                                             const base::Deadline& deadline, const std::stop_token& stop);

  /// Blocks until the reply to any of `ids` is there. Replies to other requests are dropped.
  tl::expected<Reply, CallError> await(const std::set<std::int64_t>& ids, const base::Deadline& deadline,
                                       const std::stop_token& stop);

  /// post and await in one.
  tl::expected<Reply, CallError> call(std::string_view method, std::string_view params,
                                      const base::Deadline& deadline, const std::stop_token& stop);

 private:
  using Letter = std::variant<Reply, CallError>;

  void take_message(std::string_view text, std::vector<Letter>& letters);
  void break_off(CallError error, std::string_view noise);
  [[nodiscard]] std::optional<CallError> broken() const;
  [[nodiscard]] std::string pending() const;

  const Framing framing_;
  ByteStream& stream_;
  Listener& listener_;
  base::Mailbox<Letter> letters_;

  mutable std::mutex mutex_;  // guards what follows
  Framer framer_;
  std::int64_t last_id_ = 0;
  std::set<std::int64_t> open_;      ///< asked and not answered
  std::optional<CallError> broken_;  ///< set once
};

}  // namespace executor::rpc
