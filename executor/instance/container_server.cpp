// A platform server in a container of its own. It must not know the protocol that is spoken with it.
#include "executor/instance/container_server.h"

#include <fmt/format.h>
#include <signal.h>
#include <strings.h>

#include <array>

#include "docker/container_inspect.h"
#include "docker/container_lifecycle.h"
#include "executor/instance/engine_error.h"

namespace executor::instance {
namespace {

using namespace std::chrono_literals;

/// Output that lags behind the exit is waited for, but a broken engine must not hold up the run.
constexpr base::milliseconds kDrainTime = 10s;
constexpr base::milliseconds kSignalTime = 20s;
/// Where the engine is known not to answer.
constexpr base::milliseconds kHopelessTime = 1s;
constexpr auto kCheckTime = 5s;
constexpr auto kInspectTime = 20s;
/// What a server's end may be held up for, to learn what it used.
constexpr base::milliseconds kLastLook = 250ms;

bool mentions(const std::string& text, std::string_view word) {
  return ::strcasestr(text.c_str(), std::string(word).c_str()) != nullptr;
}

/// The engine warns where it cannot do what was asked for; with a limit that is no warning to us.
std::string broken_limit(const docker::ContainerSpec& spec, const std::vector<std::string>& warnings) {
  const auto& host = spec.host;
  for (const auto& warning : warnings) {
    const bool about_memory = host.memory > 0 && (mentions(warning, "memory") || mentions(warning, "swap"));
    const bool about_cpus = host.nano_cpus > 0 && mentions(warning, "cpu");
    const bool about_pids = host.pids_limit > 0 && mentions(warning, "pids");
    const bool about_io = mentions(warning, "blkio") || mentions(warning, "I/O");
    if (about_memory || about_cpus || about_pids || about_io) return warning;
  }
  return {};
}

}  // namespace

/// Hands on what comes from the attached stream.
class ContainerServer::OutputSource : public base::IoSource {
 public:
  OutputSource(std::unique_ptr<docker::AttachedStream> stream, Output& output)
      : stream_(std::move(stream)), output_(output) {}

  [[nodiscard]] int fd() const override { return stream_->fd(); }

  Next on_readable() override {
    const auto state = stream_->read([this](docker::StdStream which, std::string_view bytes) {
      which == docker::StdStream::out ? output_.on_stdout(bytes) : output_.on_stderr(bytes);
    });
    if (state == docker::AttachedStream::State::open) return Next::again;
    end(state == docker::AttachedStream::State::ended ? std::string() : stream_->error());
    return Next::done;
  }
  void on_dropped() override { end("it was not waited for any longer"); }

  docker::AttachedStream& stream() { return *stream_; }
  /// From now on nothing is handed on, not even the end.
  void mute() { is_muted_ = true; }
  /// The container is looked at for a last time when its output ends: for some milliseconds its cgroup is
  /// still there.
  void measure_at_end(std::shared_ptr<Meter> meter) { meter_.set(std::move(meter)); }
  base::Latch<bool>& ended() { return ended_; }

 private:
  void end(const std::string& error) {
    if (const auto meter = meter_.wait(base::Deadline::in(0ms), {})) (*meter)->measure_if_cheap();
    if (!is_muted_) output_.on_end(error);
    ended_.set(true);
  }

  const std::unique_ptr<docker::AttachedStream> stream_;
  Output& output_;
  std::atomic<bool> is_muted_{false};
  base::Latch<std::shared_ptr<Meter>> meter_;
  base::Latch<bool> ended_;
};

/// Learns of the exit.
class ContainerServer::ExitSource : public base::IoSource {
 public:
  using Status = docker::Result<docker::ExitStatus>;
  explicit ExitSource(std::unique_ptr<docker::ExitWatch> watch) : watch_(std::move(watch)) {}

  [[nodiscard]] int fd() const override { return watch_->fd(); }

  Next on_readable() override {
    auto polled = watch_->poll();
    if (polled && !*polled) return Next::again;
    status_.set(polled ? Status(std::move(**polled)) : tl::unexpected(polled.error()));
    return Next::done;
  }

  base::Latch<Status>& status() { return status_; }

 private:
  const std::unique_ptr<docker::ExitWatch> watch_;
  base::Latch<Status> status_;
};

ContainerServer::ContainerServer(track::Tracker& tracker, base::IoLoop& loop, docker::ContainerSpec spec,
                                 track::Belonging belonging, model::PlatformImage image, StartGate& gate,
                                 NamespacePool* namespaces, ContainerMeters* meters)
    : tracker_(tracker),
      loop_(loop),
      spec_(std::move(spec)),
      belonging_(std::move(belonging)),
      image_(std::move(image)),
      gate_(gate),
      namespaces_(namespaces),
      meters_(meters) {}

ContainerServer::~ContainerServer() {
  ContainerServer::dispose();
}

Error ContainerServer::failed(std::string_view what, const docker::Error& error) const {
  return engine_error(fmt::format("the container of '{}' could not be {}", belonging_.process.text(), what),
                      error, tracker_.health());
}

tl::expected<void, Error> ContainerServer::start(Output& output, const base::Deadline& deadline,
                                                 const std::stop_token& stop) {
  const auto pass = gate_.enter(deadline, stop);
  if (!pass) {
    return tl::unexpected(Error{fmt::format("the container of '{}' had to wait too long for those before it",
                                            belonging_.process.text()),
                                "is the engine slow? fewer at a time: --max-workers, --provision-ahead",
                                stop.stop_requested()});
  }
  const docker::Call call{deadline, stop};
  created_ = base::Clock::now();
  borrow_namespace(call);
  auto started = start_once(output, call);
  // The lender may have died since it was asked; the server has nothing to do with that.
  const bool is_refused = !started && lease_ && was_refused_;
  if (!is_refused) return started;
  if (output_) output_->mute();
  dispose();
  return start_once(output, call);
}

tl::expected<void, Error> ContainerServer::start_once(Output& output, const docker::Call& call) {
  was_refused_ = false;
  if (auto created = create(call); !created) return created;
  if (auto attached = attach(output, call); !attached) return attached;
  const auto started = docker::start_container(tracker_.client(), id_, call);
  was_refused_ = !started && started.error().kind == docker::ErrorKind::refused;
  may_run_ = started || !was_refused_;
  if (!started) return tl::unexpected(failed("started", started.error()));
  started_ = base::Clock::now();
  if (meters_ != nullptr) {
    meter_ = meters_->watch(id_, call);
    output_->measure_at_end(meter_);
  }
  return {};
}

/// An engine that is asked costs a request, which only one that was never asked about it is worth.
void ContainerServer::measure() {
  if (!meter_) return;
  meter_->measure_if_cheap();
  if (meter_->is_empty() && !tracker_.health().is_doubted()) meter_->measure(kLastLook);
}

Measured ContainerServer::measured() const {
  Measured measured{created_, started_, {}, {}, {}, {}};
  if (meter_ != nullptr) {
    measured.by = meter_->how();
    measured.peak = meter_->peak();
    measured.samples = meter_->samples();
  }
  return measured;
}

void ContainerServer::borrow_namespace(const docker::Call& call) {
  if (namespaces_ == nullptr) return;
  auto lease = namespaces_->borrow(call);
  if (!lease) return;
  spec_.host.network_mode = lease->network_mode();
  lease_.emplace(std::move(*lease));
}

/// Not known to be empty, nobody else may have it.
void ContainerServer::return_namespace(bool is_empty) {
  if (!lease_) return;
  if (!is_empty) lease_->condemn();
  lease_.reset();
  spec_.host.network_mode = "none";
}

tl::expected<void, Error> ContainerServer::create(const docker::Call& call) {
  auto created = tracker_.create_container(spec_, belonging_, call);
  if (!created) {
    was_refused_ = created.error().kind == docker::ErrorKind::refused;
    return tl::unexpected(failed("created", created.error()));
  }
  id_ = created->id;
  const auto warning = broken_limit(spec_, created->warnings);
  if (warning.empty()) return {};
  return tl::unexpected(
      Error{fmt::format("the engine cannot enforce a limit of '{}': {}", belonging_.process.text(), warning),
            "without the limit the result would mean less; --no-limits runs without any"});
}

tl::expected<void, Error> ContainerServer::attach(Output& output, const docker::Call& call) {
  auto stream = docker::attach_container(tracker_.client(), id_, call);
  if (!stream) return tl::unexpected(failed("attached to", stream.error()));
  auto watch = docker::watch_exit(tracker_.client(), id_, call);
  if (!watch) return tl::unexpected(failed("watched", watch.error()));
  auto output_source = std::make_shared<OutputSource>(std::move(*stream), output);
  auto exit_source = std::make_shared<ExitSource>(std::move(*watch));
  // Kept only once they are in the loop: dispose waits for the loop to let go of them.
  if (loop_.add(output_source)) output_ = std::move(output_source);
  if (output_ && loop_.add(exit_source)) exit_ = std::move(exit_source);
  if (exit_) return {};
  return tl::unexpected(
      Error{"no more streams can be waited for", "is the limit of open files reached? (ulimit -n)"});
}

rpc::ByteStream::Written ContainerServer::write(std::string_view bytes, const base::Deadline& deadline,
                                                const std::stop_token& stop) {
  if (!output_) return Written::closed;
  const auto written = output_->stream().write(bytes, {deadline, stop});
  if (written) return Written::all;
  switch (written.error().kind) {
    case docker::ErrorKind::timed_out: return Written::timed_out;
    case docker::ErrorKind::cancelled: return Written::stopped;
    default: return Written::closed;
  }
}

void ContainerServer::read_here(const std::function<bool()>& enough, const base::Deadline& deadline,
                                const std::stop_token& stop) {
  if (!output_) return;
  const std::array<base::IoLoop::Source, 1> sources{output_};
  loop_.read_here(sources, enough, deadline, stop);
}

void ContainerServer::close_stdin() {
  if (output_) output_->stream().close_stdin();
}

void ContainerServer::signal(const char* name) {
  if (id_.empty()) return;
  is_signalled_ = true;
  const auto time = tracker_.health().is_doubted() ? kHopelessTime : kSignalTime;
  // If it cannot be sent, the wait that follows shows that the server lives on.
  std::ignore = docker::kill_container(tracker_.client(), id_, name, {base::Deadline::in(time), {}});
}

void ContainerServer::terminate() {
  signal("SIGTERM");
}
void ContainerServer::kill() {
  signal("SIGKILL");
}

/// False if the container does not run any more, or that cannot be said.
bool ContainerServer::watch_again() {
  const docker::Call call{base::Deadline::in(kInspectTime), {}};
  auto watch = docker::watch_exit(tracker_.client(), id_, call);
  const auto details = docker::inspect_container(tracker_.client(), id_, call);
  if (!watch || !details || !details->running) return false;
  auto source = std::make_shared<ExitSource>(std::move(*watch));
  if (!loop_.add(source)) return false;
  exit_ = std::move(source);
  return true;
}

tl::expected<std::optional<Exit>, Error> ContainerServer::wait(const base::Deadline& deadline,
                                                               const std::stop_token& stop) {
  if (ended_) return ended_;
  if (!exit_ || !may_run_) return std::nullopt;
  const std::array<base::IoLoop::Source, 2> sources{output_, exit_};
  const auto status = loop_.wait_here(sources, exit_->status(), deadline, stop);
  if (!status) return std::nullopt;
  if (!*status) return tl::unexpected(failed("watched to its end", status->error()));
  // Podman's watch may end with -1 while the container lives on (seen with 4.3, once in some hundred).
  if ((*status)->code < 0 && watch_again()) return wait(deadline, stop);
  loop_.wait_here(sources, output_->ended(), base::Deadline::in(kDrainTime), {});
  const auto details =
      docker::inspect_container(tracker_.client(), id_, {base::Deadline::in(kInspectTime), {}});
  if (!details) return tl::unexpected(failed("looked at after its end", details.error()));
  const Exit exit{(*status)->code < 0 ? details->exit_code : (*status)->code, details->oom_killed};
  if (was_killed_by_somebody(exit.code) && !exit.oom_killed) {
    if (auto works = check(base::Deadline::in(kCheckTime), {}); !works) return tl::unexpected(works.error());
  }
  ended_ = exit;
  return_namespace(true);
  return ended_;
}

/// An engine that is stopped ends its containers first: that is not their doing.
bool ContainerServer::was_killed_by_somebody(std::int64_t code) const {
  return !is_signalled_ && (code == 128 + SIGTERM || code == 128 + SIGKILL);
}

tl::expected<void, Error> ContainerServer::check(const base::Deadline& deadline,
                                                 const std::stop_token& stop) {
  const auto answered = tracker_.health().check({deadline, stop});
  if (answered) return {};
  auto error = engine_error("the engine does not answer", answered.error(), tracker_.health());
  error.engine_fault = !error.cancelled;
  return tl::unexpected(std::move(error));
}

void ContainerServer::let_go_of_streams() {
  if (output_) {
    // The container is gone, so the stream ends by itself, unless the engine is broken.
    const base::milliseconds time = tracker_.health().is_doubted() ? kHopelessTime : kDrainTime;
    if (!output_->ended().wait(base::Deadline::in(time), {})) {
      loop_.drop(output_);
      output_->ended().wait(base::Deadline::never(), {});
    }
    output_.reset();
  }
  if (exit_) loop_.drop(exit_);
  exit_.reset();
}

std::string ContainerServer::dispose() {
  std::string problem;
  bool is_gone = true;
  if (!id_.empty()) {
    const auto removed = tracker_.remove_container(std::exchange(id_, {}));
    if (!removed) problem = removed.error().describe();
    is_gone = removed.has_value();
  }
  return_namespace(is_gone && !was_refused_);
  let_go_of_streams();
  return problem;
}

}  // namespace executor::instance
