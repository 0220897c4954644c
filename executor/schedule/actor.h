// One process of a case and the servers that play it, one after the other. It must not know the other
// processes, nor what a step means for the case.
#pragma once

#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "executor/instance/instance.h"
#include "executor/instance/site.h"

namespace executor::schedule {

using std::chrono::milliseconds;

/// What it takes to start a server: the place, and how long that may take.
struct StartRequest {
  instance::Site& site;
  config::Limits limits;
  base::Deadline deadline;
  milliseconds limit{0};  ///< how long that is, for messages
  std::stop_token stop;
  base::TimePoint run_begin = base::Clock::now();  ///< time 0 of what is told about its life
};

/// A server that lives, and what it said of itself.
struct ReadyServer {
  std::unique_ptr<instance::Instance> server;
  instance::Health health;
};

/// One thread uses it at a time.
class Actor {
 public:
  using Health = tl::expected<instance::Health, instance::Error>;

  /// The log is kept in `log_file` (empty: not at all), with times since `begin`.
  Actor(model::ProcessName name, const config::Platform& platform, const std::filesystem::path& log_file,
        base::TimePoint begin, std::shared_ptr<instance::Transcript> transcript);
  Actor(Actor&&) = default;

  [[nodiscard]] const model::ProcessName& name() const { return name_; }
  [[nodiscard]] const config::Platform& platform() const { return platform_; }
  [[nodiscard]] const instance::Log& log() const { return *log_; }

  /// Starts a server before any step asks for it. How that went is told by the `start` that takes it; if none
  /// does, nothing of it becomes evidence. Blocks until the server is ready, or to the request's deadline.
  void start_ahead(const StartRequest& request);

  /// In the place of a start ahead: a server that has served another case is made to forget that. False if it
  /// cannot; then it is to be abandoned.
  bool adopt(ReadyServer ready, const base::Deadline& deadline, const std::stop_token& stop);
  /// What was got ready is not fit; it goes with the next `dispose`.
  void abandon();
  [[nodiscard]] bool is_ready() const { return ahead_.has_value(); }
  /// Whether a step has asked for the server, it lives, and it can be reset.
  [[nodiscard]] bool can_be_given_away() const;
  /// The server, for another case. Only where it can be given away.
  ReadyServer give_away();

  /// Starts a server, or takes the one that was started ahead. Blocks until it is ready, or to the request's
  /// deadline; after an error its end is known as far as it can be, and `live` is still to be retired.
  Health start(const StartRequest& request);

  /// The server that runs now, as far as a step has asked for it; else null.
  [[nodiscard]] instance::Instance* live() const { return is_taken_ ? server_.get() : nullptr; }
  [[nodiscard]] bool was_started() const { return was_started_; }

  /// The server's evidence is complete: hands out its report. `gone` says how it came not to be running any
  /// more ("was stopped in line 12"). What it left goes with the next `dispose`.
  model::InstanceReport retire(std::string gone);
  /// Of the last server that was retired, if its end is known.
  [[nodiscard]] const std::optional<instance::Exit>& last_exit() const { return last_exit_; }
  [[nodiscard]] const std::string& gone() const { return gone_; }

  /// Takes away all that its servers left, also those that no step asked for. Blocks for the engine. What
  /// went wrong.
  std::vector<std::string> dispose();

 private:
  Health start_now(const StartRequest& request);

  model::ProcessName name_;
  const config::Platform& platform_;
  std::shared_ptr<instance::Transcript> transcript_;
  std::shared_ptr<instance::Log> log_;
  std::unique_ptr<instance::Instance> server_;
  std::vector<std::unique_ptr<instance::Instance>> retired_;
  std::optional<Health> ahead_;  ///< how a start ahead went, until a step asks
  instance::Health health_;      ///< of server_, once a step has asked for it
  bool is_taken_ = false;        ///< a step has asked for server_
  bool was_started_ = false;
  std::optional<instance::Exit> last_exit_;
  std::string gone_;
};

}  // namespace executor::schedule
