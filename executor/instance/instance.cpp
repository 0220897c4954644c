// One live platform server playing one process in one attempt at a case: its start, its steps, its end, and
// what is known of it afterwards. It must not know whether it lives in a container.
#include "executor/instance/instance.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "executor/text/quote.h"
#include "executor/text/units.h"

namespace executor::instance {
namespace {

using namespace std::chrono_literals;
using model::EndedBy;
using Kind = rpc::CallError::Kind;

constexpr milliseconds kFirstHealthPause = 100ms;
constexpr milliseconds kLongestHealthPause = 2000ms;
/// A killed process is gone at once; a busy engine may take longer to say so.
constexpr milliseconds kKillTime = 20'000ms;
/// stdout has ended: how long the exit may be in coming.
constexpr milliseconds kExitTime = 5000ms;
/// How often, in a long wait, it is asked whether the engine still works.
constexpr milliseconds kLookTime = 1000ms;
/// A busy engine answers within this; one that takes longer kept the server from answering, too.
constexpr milliseconds kNoticeable = 500ms;

base::Deadline sooner(const base::Deadline& a, const base::Deadline& b) {
  return b < a ? b : a;
}

}  // namespace

Instance::Instance(Identity identity, std::unique_ptr<Server> server, Evidence evidence)
    : identity_(std::move(identity)),
      evidence_(std::move(evidence)),
      server_(std::move(server)),
      channel_(identity_.framing, *server_, *this) {}

Instance::~Instance() {
  dispose();
}

std::string Instance::output_error() const {
  const std::lock_guard lock(evidence_mutex_);
  return output_error_;
}

Evidence Instance::evidence() const {
  const std::lock_guard lock(evidence_mutex_);
  return evidence_;
}

std::string Instance::who() const {
  return fmt::format("the '{}' server ({})", identity_.process.text(), identity_.platform.text());
}

void Instance::note(const std::string& text) {
  log()->add(Source::cexec, text);
}

void Instance::on_stdout(std::string_view bytes) {
  channel_.receive(bytes);
}
void Instance::on_stderr(std::string_view bytes) {
  log()->add_bytes(Source::stderr_text, bytes);
}
void Instance::on_end(const std::string& error) {
  {
    const std::lock_guard lock(evidence_mutex_);
    output_error_ = error;
  }
  log()->finish();
  channel_.end();
}
void Instance::on_request(std::string_view message) {
  evidence().transcript->add(Transcript::Direction::request, identity_.process, identity_.platform, message);
}
void Instance::on_reply(std::string_view message) {
  evidence().transcript->add(Transcript::Direction::reply, identity_.process, identity_.platform, message);
}
void Instance::on_log(std::string_view level, std::string_view message) {
  log()->add(Source::log, message, level);
}
void Instance::on_noise(std::string_view text) {
  log()->add_bytes(Source::stdout_noise, text);
}
void Instance::on_passed() {
  evidence().transcript->flush();
}

void Instance::remember(const tl::expected<std::optional<Exit>, Error>& ended, EndedBy by) {
  if (exit_ || !ended || !*ended) return;
  exit_ = **ended;
  end_seen_ = base::Clock::now();
  ended_by_ = by;
  note(fmt::format("ended with {}{}", model::describe_exit(exit_->code),
                   exit_->oom_killed ? ", a process was killed for memory" : ""));
}

tl::expected<Health, Error> Instance::start(const base::Deadline& deadline, milliseconds limit,
                                            const std::stop_token& stop) {
  const auto absent_before = server_->absence();
  auto started = server_->start(*this, deadline.extended(kEnginePatience), stop);
  if (!started) return tl::unexpected(started.error());
  const auto command = server_->command();
  note(command.empty() ? fmt::format("started from {}", server_->image_reference()) : "started: " + command);
  return await_health(deadline, absent_before, limit, stop);
}

tl::expected<Health, Error> Instance::await_health(const base::Deadline& without_absence,
                                                   milliseconds absent_before, milliseconds limit,
                                                   const std::stop_token& stop) {
  std::set<std::int64_t> asked;
  const auto deadline = [&] { return without_absence.extended(server_->absence() - absent_before); };
  for (auto pause = kFirstHealthPause;; pause = std::min(pause * 2, kLongestHealthPause)) {
    const auto next = sooner(base::Deadline::in(pause), deadline());
    const auto id = channel_.post("health", "{}", deadline(), stop);
    if (!id) return tl::unexpected(not_ready(id.error(), limit));
    asked.insert(*id);
    auto reply = channel_.await(asked, next, stop);
    std::string status;
    if (reply) {
      std::string problem;
      const auto health = read_health(*reply, problem);
      if (!health) {
        return tl::unexpected(
            Error{fmt::format("{} is not usable: {}", who(), problem), "see docs/protocol.md"});
      }
      if (health->status == "ok") {
        ready_ = base::Clock::now();
        return *health;
      }
      status = fmt::format("it says '{}'", text::quote(health->status));
      reply = channel_.await({}, next, stop);  // nobody's reply: keeps the pause, and notices an end
    }
    auto& error = reply.error();
    if (error.kind != Kind::timed_out) return tl::unexpected(not_ready(error, limit));
    if (!status.empty()) error.detail = status;
    if (deadline().passed()) return tl::unexpected(not_ready(error, limit));
  }
}

Error Instance::not_ready(const rpc::CallError& error, milliseconds limit) {
  switch (error.kind) {
    case Kind::cancelled: return {"cancelled", {}, true};
    case Kind::timed_out:
      if (const auto works = server_->check(base::Deadline::in(kEnginePatience), {}); !works)
        return works.error();
      return {fmt::format("{} did not answer `health` within {}{}{}", who(), text::format_duration(limit),
                          error.detail.empty() ? "" : "; ", error.detail),
              "does it flush its stdout after every message? --start-timeout gives it more time"};
    case Kind::violation:
      kill();
      return {fmt::format("{} was never ready: it {}", who(), error.detail),
              "stdout belongs to the protocol; send other output to stderr"};
    default: break;
  }
  if (!output_error().empty()) return {fmt::format("the streams of {} broke: {}", who(), output_error()), {}};
  auto ended = wait(base::Deadline::in(kExitTime), {});
  if (!ended) return ended.error();
  if (!*ended) {
    kill();
    return {fmt::format("{} was never ready: {}", who(), error.detail), "see docs/protocol.md"};
  }
  return {fmt::format("{} ended before it was ready, with {}{}", who(), model::describe_exit(exit_->code),
                      exit_->oom_killed ? ": it was killed for memory" : ""),
          server_->command().empty() ? "its stderr is below; does its image run at all?"
                                     : "its stderr is below; does its command run at all?"};
}

/// Whether a result says that there was none in time. Internal to `fairly`.
static bool is_late(const tl::expected<rpc::Reply, rpc::CallError>& reply) {
  return !reply && reply.error().kind == Kind::timed_out;
}
static bool is_late(const tl::expected<std::optional<Exit>, Error>& ended) {
  return ended && !*ended;
}

/// Calls `attempt` with short deadlines until it is not late, and asks in between whether the engine works.
/// What the engine needs for its answer is added to the deadline. After a fault of the engine `fault_` is
/// set.
template <class Try>
auto Instance::fairly(base::Deadline deadline, const std::stop_token& stop, Try attempt)
    -> decltype(attempt(deadline)) {
  auto patience = kEnginePatience;
  while (true) {
    auto result = attempt(sooner(base::Deadline::in(kLookTime), deadline));
    if (!is_late(result) || fault_ || stop.stop_requested()) return result;
    const bool is_over = deadline.passed();
    const auto begin = base::Clock::now();
    const auto works = server_->check(base::Deadline::in(kEnginePatience), stop);
    const auto away = base::between(begin, base::Clock::now());
    if (!works && works.error().cancelled) return result;
    if (!works) {
      fault_ = works.error();
      return result;
    }
    const auto lost = std::min(away + kLookTime, patience);
    if (away < kNoticeable || lost <= 0ms) {
      if (is_over) return result;
      continue;
    }
    patience -= lost;
    if (!deadline.is_never()) deadline = base::Deadline::at(deadline.when() + lost);
  }
}

tl::expected<std::optional<Exit>, Error> Instance::wait_fairly(const base::Deadline& deadline,
                                                               const std::stop_token& stop) {
  auto ended =
      fairly(deadline, stop, [&](const base::Deadline& until) { return server_->wait(until, stop); });
  if (!ended && ended.error().engine_fault) fault_ = ended.error();
  if (ended && !*ended && fault_) return tl::unexpected(*fault_);
  return ended;
}

model::Outcome Instance::outcome_of_fault() const {
  return model::CouldNotRun{fault_->reason, fault_->hint};
}

StepResult Instance::execute(const StepCall& call, const StepLimit& limit, const std::stop_token& stop) {
  const auto id = channel_.post("executeStep", step_params(call), limit.deadline, stop);
  const auto reply = fairly(limit.deadline, stop, [&](const base::Deadline& until) {
    return id ? channel_.await({*id}, until, stop) : tl::unexpected(id.error());
  });
  if (!reply) return {outcome_of(reply.error(), limit), {}};
  auto result = read_step_result(*reply);
  for (const auto& line : result.logs) log()->add(Source::log, line.text, line.level);
  if (std::holds_alternative<model::ProtocolViolation>(result.outcome)) kill();
  return result;
}

model::Outcome Instance::outcome_of(const rpc::CallError& error, const StepLimit& limit) {
  switch (error.kind) {
    case Kind::timed_out: {
      if (fault_) return outcome_of_fault();
      note(fmt::format("gave no answer within {}: killed", text::format_duration(limit.limit)));
      kill();
      return model::TimedOut{limit.what, limit.limit, error.detail};
    }
    case Kind::violation:
      note("broke the protocol: killed");
      kill();
      return model::ProtocolViolation{"it " + error.detail};
    case Kind::cancelled: return model::Cancelled{"cancelled while the step ran"};
    case Kind::too_large: return model::CouldNotRun{error.detail, {}};
    case Kind::ended: break;
  }
  return ended_unasked(error, "while the step ran");
}

model::Outcome Instance::outcome_of_exit(std::string when) const {
  if (exit_->oom_killed) return model::KilledForMemory{identity_.memory_limit};
  return model::Exited{exit_->code, std::move(when)};
}

model::Outcome Instance::ended_unasked(const rpc::CallError& error, std::string_view when) {
  if (!output_error().empty()) {
    return model::CouldNotRun{fmt::format("the streams of {} broke: {}", who(), output_error()), {}};
  }
  const auto ended = wait_fairly(base::Deadline::in(kExitTime), {});
  remember(ended, EndedBy::itself);
  if (!ended) return model::CouldNotRun{ended.error().reason, ended.error().hint};
  if (!*ended && !server_->can_outlive_its_output()) {
    return model::CouldNotRun{fmt::format("the connection to the streams of {} was cut", who()),
                              "does a proxy before the engine end connections that are silent?"};
  }
  if (!*ended) {
    kill();
    return model::ProtocolViolation{"it closed its stdout and went on running"};
  }
  const bool half = error.detail.find("wrote ") != std::string::npos;
  return outcome_of_exit(fmt::format("{}{}", when, half ? "; " + error.detail : std::string()));
}

tl::expected<void, Error> Instance::reset(Evidence evidence, const base::Deadline& deadline,
                                          const std::stop_token& stop) {
  {
    const std::lock_guard lock(evidence_mutex_);
    evidence_ = std::move(evidence);
  }
  const auto reply = channel_.call("reset", "{}", deadline, stop);
  const auto why = !reply         ? reply.error().detail
                   : reply->error ? text::quote(reply->error->message, 400)
                                  : std::string();
  if (reply && !reply->error) {
    note("was reset, and serves another case");
    return {};
  }
  return tl::unexpected(
      Error{fmt::format("{} could not be reset: {}", who(), why), {}, stop.stop_requested()});
}

void Instance::request_stop() {
  if (exit_ || stop_requested_) return;
  std::ignore = wait(base::Deadline::in(0ms), {});
  if (exit_) return;  // it had ended by itself
  stop_requested_ = true;
  server_->measure();
  grace_end_ = base::Deadline::in(identity_.grace);
  const auto id = channel_.post("shutdown", "{}", grace_end_, {});
  if (id) shutdown_id_ = *id;
}

model::Outcome Instance::finish_stop(std::string& warning, const std::stop_token& stop) {
  if (fault_) return outcome_of_fault();
  request_stop();
  if (exit_ && ended_by_ == EndedBy::itself) return outcome_of_exit("between the steps");
  if (exit_) return model::Passed{};
  std::optional<rpc::CallError> broken;
  bool has_ended_before = false;
  if (shutdown_id_) {
    // Half of the time for the reply: one that does not know `shutdown` may still know the end of its stdin.
    const auto reply = channel_.await({*shutdown_id_}, base::Deadline::in(identity_.grace / 2), stop);
    if (!reply && reply.error().kind == Kind::violation) broken = reply.error();
    // The reply comes first: without one it had ended when it was asked, and the news of that was on its way.
    has_ended_before = !reply && reply.error().kind == Kind::ended && output_error().empty();
  }
  server_->close_stdin();
  auto ended = wait_fairly(grace_end_, stop);
  remember(ended, EndedBy::shutdown);
  if (ended && !*ended && !stop.stop_requested()) {
    note(fmt::format("has not ended {} after shutdown: SIGTERM", text::format_duration(identity_.grace)));
    server_->terminate();
    ended = wait_fairly(base::Deadline::in(identity_.term_time), stop);
    remember(ended, EndedBy::sigterm);
    if (exit_) {
      warning = fmt::format("{} ended only on SIGTERM, {} after shutdown", who(),
                            text::format_duration(identity_.grace));
    }
  }
  if (!ended) return model::CouldNotRun{ended.error().reason, ended.error().hint};
  if (!exit_ && stop.stop_requested()) {
    kill();
    return model::Cancelled{"cancelled while the server ended"};
  }
  if (!exit_) {
    kill();
    return model::ProtocolViolation{fmt::format(
        "it did not end on shutdown, nor on the end of its stdin, nor on SIGTERM within {}: killed",
        text::format_duration(identity_.grace + identity_.term_time))};
  }
  if (broken) return model::ProtocolViolation{"at shutdown it " + broken->detail};
  if (has_ended_before && ended_by_ == EndedBy::shutdown) {
    ended_by_ = EndedBy::itself;
    return outcome_of_exit("between the steps, before it answered `shutdown`");
  }
  const bool by_sigterm = ended_by_ == EndedBy::sigterm && exit_->code == 128 + 15;
  if (exit_->code == 0 || by_sigterm) return model::Passed{};
  return outcome_of_exit("at shutdown, where 0 is expected");
}

bool Instance::kill() {
  if (fault_) return exit_.has_value();
  std::ignore = wait(base::Deadline::in(0ms), {});
  if (exit_) return true;
  server_->measure();
  server_->kill();
  remember(server_->wait(base::Deadline::in(kKillTime), {}), EndedBy::sigkill);
  return exit_.has_value();
}

tl::expected<std::optional<Exit>, Error> Instance::wait(const base::Deadline& deadline,
                                                        const std::stop_token& stop) {
  if (exit_) return exit_;
  auto ended = wait_fairly(deadline, stop);
  remember(ended, EndedBy::itself);
  return ended;
}

model::InstanceReport Instance::report() const {
  model::InstanceReport report;
  report.process = identity_.process;
  report.platform = identity_.platform;
  const auto image = server_->image();
  report.image = image.reference;
  report.image_id = image.id;
  report.repo_digest = image.repo_digest;
  report.architecture = image.architecture;
  report.obtained = image.obtained;
  report.command = server_->command();
  report.ended_by = ended_by_;
  if (exit_) report.exit_code = exit_->code;
  report.oom_killed = exit_ && exit_->oom_killed;
  report.lines = log()->last_lines();
  report.omitted_bytes = log()->omitted_bytes();
  report_measured(report);
  return report;
}

void Instance::report_measured(model::InstanceReport& report) const {
  const auto since_begin = [this](base::TimePoint moment) {
    return base::between(identity_.run_begin, moment);
  };
  const auto told = [&since_begin](const std::optional<base::TimePoint>& moment) {
    return moment ? std::optional(since_begin(*moment)) : std::nullopt;
  };
  const auto measured = server_->measured();
  report.life = {told(measured.created), told(measured.started), told(ready_),
                 told(measured.ended ? measured.ended : end_seen_)};
  report.measured_by = measured.by;
  report.peak = measured.peak;
  for (const auto& [at, usage] : measured.samples) report.samples.push_back({since_begin(at), usage});
}

std::string Instance::dispose() {
  return server_->dispose();
}

}  // namespace executor::instance
