// One live platform server playing one process in one attempt at a case: its start, its steps, its end, and
// what is known of it afterwards. It must not know whether it lives in a container.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>

#include "executor/instance/log.h"
#include "executor/instance/protocol.h"
#include "executor/instance/server.h"
#include "executor/instance/transcript.h"
#include "executor/model/event.h"
#include "executor/model/framing.h"
#include "executor/rpc/channel.h"

namespace executor::instance {

using std::chrono::milliseconds;

/// How long an engine may be silent in the middle of a case, all silences of one wait together.
inline constexpr milliseconds kEnginePatience{15'000};

/// Which instance it is.
struct Identity {
  model::ProcessName process;
  model::PlatformName platform;
  model::Framing framing = model::Framing::ndjson;
  milliseconds grace{5000};                        ///< from `shutdown` to SIGTERM
  milliseconds term_time{2000};                    ///< from SIGTERM to SIGKILL
  std::int64_t memory_limit = 0;                   ///< bytes, for messages
  base::TimePoint run_begin = base::Clock::now();  ///< time 0 of its report
};

/// How long a step may take, and which limit that is.
struct StepLimit {
  base::Deadline deadline;
  std::string what;  ///< "the step", "the scenario"
  milliseconds limit{0};
};

/// Where what a server says and does is kept: those of its case.
struct Evidence {
  std::shared_ptr<Log> log;
  std::shared_ptr<Transcript> transcript;
};

/// One thread uses it at a time. Destroying it disposes of the server.
class Instance : private Output, private rpc::Listener {
 public:
  Instance(Identity identity, std::unique_ptr<Server> server, Evidence evidence);
  ~Instance() override;

  /// Starts the server and asks for its health, with growing pauses, until it is ready. Blocks to the
  /// deadline, or later by the time for which the engine does not answer meanwhile: by 15 s at most for its
  /// own part. `limit` is how long that was, for messages.
  tl::expected<Health, Error> start(const base::Deadline& deadline, milliseconds limit,
                                    const std::stop_token& stop);

  /// Sends a step and blocks for its result. Time for which the engine does not answer is not the server's,
  /// and where the engine does not come back within some seconds the step could not run. An instance that did
  /// not answer in time, or broke the protocol, has been killed when this returns.
  StepResult execute(const StepCall& call, const StepLimit& limit, const std::stop_token& stop);

  /// For another case with the same process: what comes from now on is that one's evidence; then asks the
  /// server to forget everything, with `reset`, which must be among its capabilities. Blocks to the deadline.
  /// After an error it is not fit for another case.
  tl::expected<void, Error> reset(Evidence evidence, const base::Deadline& deadline,
                                  const std::stop_token& stop);

  /// Asks for the end, with `shutdown`, without waiting: so several instances end at the same time.
  void request_stop();
  /// Closes stdin after the reply, waits the grace period for the end, then SIGTERM, then SIGKILL. The
  /// outcome says whether that was an orderly end; `warning` is set where it only just was. One that had
  /// ended by itself before is `exited`. Blocks for up to the grace period and 22 s. When `stop` is requested
  /// there is no more grace: it is killed, and the outcome is `cancelled`.
  model::Outcome finish_stop(std::string& warning, const std::stop_token& stop = {});

  /// SIGKILL, and waits until it is gone. False if it cannot be said that it is.
  bool kill();

  /// Blocks until it has ended by itself.
  tl::expected<std::optional<Exit>, Error> wait(const base::Deadline& deadline, const std::stop_token& stop);

  /// Whether it is known to have ended.
  [[nodiscard]] const std::optional<Exit>& exit() const { return exit_; }
  [[nodiscard]] model::EndedBy ended_by() const { return ended_by_; }
  [[nodiscard]] const Identity& identity() const { return identity_; }

  /// Id of its container, if it has one.
  [[nodiscard]] std::string container() const { return server_->container(); }

  /// What is known of it, for reports.
  [[nodiscard]] model::InstanceReport report() const;

  /// Takes away all that it left. Empty, or what went wrong.
  std::string dispose();

 private:
  void on_stdout(std::string_view bytes) override;
  void on_stderr(std::string_view bytes) override;
  void on_end(const std::string& error) override;
  void on_request(std::string_view message) override;
  void on_reply(std::string_view message) override;
  void on_log(std::string_view level, std::string_view message) override;
  void on_noise(std::string_view text) override;
  void on_passed() override;

  tl::expected<Health, Error> await_health(const base::Deadline& without_absence, milliseconds absent_before,
                                           milliseconds limit, const std::stop_token& stop);
  Error not_ready(const rpc::CallError& error, milliseconds limit);
  model::Outcome outcome_of(const rpc::CallError& error, const StepLimit& limit);
  template <class Try>
  auto fairly(base::Deadline deadline, const std::stop_token& stop, Try attempt)
      -> decltype(attempt(deadline));
  tl::expected<std::optional<Exit>, Error> wait_fairly(const base::Deadline& deadline,
                                                       const std::stop_token& stop);
  [[nodiscard]] model::Outcome outcome_of_fault() const;
  model::Outcome ended_unasked(const rpc::CallError& error, std::string_view when);
  void report_measured(model::InstanceReport& report) const;
  [[nodiscard]] std::string who() const;
  void note(const std::string& text);
  [[nodiscard]] model::Outcome outcome_of_exit(std::string when) const;
  void remember(const tl::expected<std::optional<Exit>, Error>& ended, model::EndedBy by);

  [[nodiscard]] Evidence evidence() const;
  [[nodiscard]] std::string output_error() const;
  [[nodiscard]] std::shared_ptr<Log> log() const { return evidence().log; }

  const Identity identity_;
  mutable std::mutex evidence_mutex_;  // guards evidence_ and output_error_, which both threads need
  Evidence evidence_;
  std::unique_ptr<Server> server_;
  rpc::Channel channel_;
  std::optional<Exit> exit_;
  std::optional<base::TimePoint> ready_;
  std::optional<base::TimePoint> end_seen_;
  model::EndedBy ended_by_ = model::EndedBy::nothing;
  base::Deadline grace_end_ = base::Deadline::never();
  std::optional<std::int64_t> shutdown_id_;
  bool stop_requested_ = false;
  std::optional<Error> fault_;  ///< the engine's, since when nothing can be said about the server
  std::string output_error_;    ///< why its output is not whole, once that has ended
};

}  // namespace executor::instance
