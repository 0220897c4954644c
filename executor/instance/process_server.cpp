// A platform server as a process of this machine, with all that it starts. It must not know the protocol that
// is spoken with it.
#include "executor/instance/process_server.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

#include "base/wait.h"

namespace executor::instance {
namespace {

using namespace std::chrono_literals;

/// A killed process is gone at once, unless the kernel holds it in a device's or a network file system's
/// call.
constexpr auto kReapTime = 10s;
constexpr auto kPause = 2ms;
constexpr std::size_t kReadSize = std::size_t{64} << 10U;

struct Pipe {
  /// Neither end below 3, where they would be in the way of the streams that they are to become.
  bool open() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return false;
    base::Fd first(ends[0]);
    base::Fd second(ends[1]);
    read = lifted(std::move(first));
    write = lifted(std::move(second));
    return read && write;
  }
  static base::Fd lifted(base::Fd fd) {
    return fd.get() > STDERR_FILENO ? std::move(fd) : base::Fd(::fcntl(fd.get(), F_DUPFD_CLOEXEC, 3));
  }
  base::Fd read;
  base::Fd write;
};

void make_nonblocking(const base::Fd& fd) {
  ::fcntl(fd.get(), F_SETFL, O_NONBLOCK);
}

std::int64_t code_of(const siginfo_t& info) {
  return info.si_code == CLD_EXITED ? info.si_status : 128 + info.si_status;
}

/// What a process used that was waited for. Not the memory: getrusage(2) counts that of cexec itself, which
/// it was made from.
model::Usage total_of(const rusage& used) {
  constexpr std::int64_t kBlock = 512;  // getrusage(2)
  const auto nanoseconds = [](const timeval& time) {
    return (std::int64_t{time.tv_sec} * 1'000'000 + time.tv_usec) * 1000;
  };
  model::Usage usage;
  usage.cpu_nanoseconds = nanoseconds(used.ru_utime) + nanoseconds(used.ru_stime);
  usage.read_bytes = used.ru_inblock * kBlock;
  usage.write_bytes = used.ru_oublock * kBlock;
  return usage;
}

}  // namespace

/// What is known of a process, on the thread that reads it. Its output has ended when it has: what it wrote
/// before is in the pipes then, and what others may still write there is nobody's.
class ProcessServer::Life {
 public:
  Life(Launched process, base::Fd out, base::Fd err, Output& output, track::Children& children,
       track::Kin kin, std::shared_ptr<Meter> meter)
      : process_(std::move(process)),
        out_(std::move(out)),
        err_(std::move(err)),
        output_(output),
        children_(children),
        kin_(std::move(kin)),
        meter_(std::move(meter)) {}

  [[nodiscard]] pid_t pid() const { return process_.pid; }
  [[nodiscard]] int pidfd() const { return process_.pidfd.get(); }
  [[nodiscard]] const track::Kin& kin() const { return kin_; }
  [[nodiscard]] const base::Fd& stream(bool is_err) const { return is_err ? err_ : out_; }
  base::Latch<std::int64_t>& code() { return code_; }
  base::Latch<bool>& let_go() { return let_go_; }

  /// Hands on what is there, at most `most` bytes. False once the stream has ended.
  bool read(bool is_err, std::size_t most) {
    while (most > 0 && !over_) {
      const auto wanted = std::min(most, kReadSize);
      const auto n = ::read(stream(is_err).get(), buffer().data(), wanted);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return errno == EAGAIN;
      if (n == 0) return false;
      const std::string_view bytes(buffer().data(), static_cast<std::size_t>(n));
      is_err ? output_.on_stderr(bytes) : output_.on_stdout(bytes);
      if (bytes.size() < wanted) break;  // the pipe is empty
      most -= bytes.size();
    }
    return !over_;
  }

  /// The process has ended. Its group goes before its pid can become another's.
  void end() {
    ::kill(-pid(), SIGKILL);
    siginfo_t info{};
    rusage used{};
    meter_->close();
    while (::syscall(SYS_waitid, P_PID, pid(), &info, WEXITED, &used) != 0 && errno == EINTR) continue;
    meter_->add_total(total_of(used));
    children_.forget(pid());
    left_strays_ = children_.kill_strays(kin_);
    for (const bool is_err : {false, true}) {
      const int capacity = ::fcntl(stream(is_err).get(), F_GETPIPE_SZ);
      read(is_err, capacity > 0 ? static_cast<std::size_t>(capacity) : kReadSize);
    }
    finish();
    code_.set(code_of(info));
  }

  /// Nothing is told after it.
  void finish() {
    if (over_) return;
    over_ = true;
    output_.on_end({});
    let_go_.set(true);
  }
  /// Whether it has left anything, as far as that was seen at its end. To be asked once its code is known.
  [[nodiscard]] bool left_strays() const { return left_strays_; }

 private:
  static std::array<char, kReadSize>& buffer() {
    thread_local std::array<char, kReadSize> bytes;
    return bytes;
  }

  const Launched process_;
  const base::Fd out_;
  const base::Fd err_;
  Output& output_;
  track::Children& children_;
  const track::Kin kin_;
  const std::shared_ptr<Meter> meter_;
  bool over_ = false;
  bool left_strays_ = false;
  base::Latch<std::int64_t> code_;
  base::Latch<bool> let_go_;
};

class ProcessServer::Stream : public base::IoSource {
 public:
  Stream(std::shared_ptr<Life> life, bool is_err) : life_(std::move(life)), is_err_(is_err) {}

  [[nodiscard]] int fd() const override { return life_->stream(is_err_).get(); }
  Next on_readable() override { return life_->read(is_err_, kReadSize) ? Next::again : Next::done; }

 private:
  const std::shared_ptr<Life> life_;
  const bool is_err_;
};

/// Learns of the process's end, and then lets the loop go of its streams.
class ProcessServer::End : public base::IoSource {
 public:
  End(std::shared_ptr<Life> life, base::IoLoop& loop, std::array<std::shared_ptr<Stream>, 2> streams)
      : life_(std::move(life)), loop_(loop), streams_(std::move(streams)) {}

  [[nodiscard]] int fd() const override { return life_->pidfd(); }
  Next on_readable() override {
    life_->end();
    for (const auto& stream : streams_) loop_.drop(stream);
    return Next::done;
  }
  /// It was given up: it cannot be ended.
  void on_dropped() override {
    life_->finish();
    for (const auto& stream : streams_) loop_.drop(stream);
  }

 private:
  const std::shared_ptr<Life> life_;
  base::IoLoop& loop_;
  const std::array<std::shared_ptr<Stream>, 2> streams_;
};

ProcessServer::ProcessServer(ProcessHost& host, const config::Platform& platform, std::filesystem::path root,
                             ProcessSurroundings around)
    : host_(host), platform_(platform), root_(std::move(root)), around_(std::move(around)) {}

ProcessServer::~ProcessServer() {
  ProcessServer::dispose();
}

Error ProcessServer::failed(const std::string& why) const {
  return {fmt::format("the process of '{}' ({}) could not be started: {}", around_.process.text(),
                      platform_.name.text(), why),
          fmt::format("its command is: {}", command())};
}

tl::expected<void, Error> ProcessServer::start(Output& output, const base::Deadline& /*deadline*/,
                                               const std::stop_token& /*stop*/) {
  created_ = base::Clock::now();
  auto lent = host_.cgroups.lend(around_.limits);
  if (!lent) {
    return tl::unexpected(
        Error{fmt::format("the limits of '{}' cannot be enforced: {}", around_.process.text(), lent.error()),
              "--no-limits runs without any"});
  }
  cgroup_ = std::move(*lent);
  const auto spec = process_spec(platform_, root_, around_, environ);
  return spec ? run(*spec, output) : tl::unexpected(spec.error());
}

tl::expected<void, Error> ProcessServer::run(const ProcessSpec& spec, Output& output) {
  Pipe in;
  Pipe out;
  Pipe err;
  if (!in.open() || !out.open() || !err.open())
    return tl::unexpected(failed("no pipe can be made: " + std::generic_category().message(errno)));
  StandardStreams streams{std::move(in.read), std::move(out.write), std::move(err.write)};
  auto launched = host_.launcher.launch(spec, streams, cgroup_.get());
  if (!launched) return tl::unexpected(failed(launched.error()));
  for (const auto* ours : {&in.write, &out.read, &err.read}) make_nonblocking(*ours);
  started_ = base::Clock::now();
  stdin_ = std::move(in.write);
  meter_ = std::make_shared<Meter>(std::make_unique<ProcessUsage>(launched->pid));
  const track::Kin kin{launched->pid, around_.marker};
  life_ = std::make_shared<Life>(std::move(*launched), std::move(out.read), std::move(err.read), output,
                                 host_.children, kin, meter_);
  const std::array<std::shared_ptr<Stream>, 2> read{std::make_shared<Stream>(life_, false),
                                                    std::make_shared<Stream>(life_, true)};
  sources_ = {std::make_shared<End>(life_, host_.loop, read), read[0], read[1]};
  const bool is_watched = host_.loop.add(sources_[0]);
  if (is_watched && host_.loop.add(sources_[1]) && host_.loop.add(sources_[2])) {
    if (host_.sampler != nullptr) host_.sampler->watch(meter_);
    return {};
  }
  kill();
  if (!is_watched) life_->end();  // no other thread knows it yet
  return tl::unexpected(
      failed("no more processes can be watched; is the limit of open files reached? (ulimit -n)"));
}

rpc::ByteStream::Written ProcessServer::write(std::string_view bytes, const base::Deadline& deadline,
                                              const std::stop_token& stop) {
  while (!bytes.empty()) {
    const auto n = ::write(stdin_.get(), bytes.data(), bytes.size());
    if (n >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(n));
    } else if (errno == EAGAIN) {
      const auto waited = base::wait_for(stdin_.get(), POLLOUT, deadline, stop);
      if (waited == base::Waited::timed_out) return Written::timed_out;
      if (waited == base::Waited::stopped) return Written::stopped;
    } else if (errno != EINTR) {
      return Written::closed;
    }
  }
  return Written::all;
}

void ProcessServer::measure() {
  if (meter_) meter_->measure();
}

Measured ProcessServer::measured() const {
  Measured measured{created_, started_, {}, {}, {}, {}};
  if (meter_) {
    measured.by = meter_->how();
    measured.peak = meter_->peak();
    measured.samples = meter_->samples();
  }
  return measured;
}

/// All three together: they share what they know.
void ProcessServer::read_here(const std::function<bool()>& enough, const base::Deadline& deadline,
                              const std::stop_token& stop) {
  if (life_) host_.loop.read_here(sources_, enough, deadline, stop);
}

void ProcessServer::close_stdin() {
  stdin_.reset();
}

/// Its end is waited for on whichever thread reads it: a signal goes through the descriptor, which never
/// names another process.
void ProcessServer::terminate() {
  if (life_) ::syscall(SYS_pidfd_send_signal, life_->pidfd(), SIGTERM, nullptr, 0);
}
void ProcessServer::kill() {
  if (life_) ::syscall(SYS_pidfd_send_signal, life_->pidfd(), SIGKILL, nullptr, 0);
}

tl::expected<std::optional<Exit>, Error> ProcessServer::wait(const base::Deadline& deadline,
                                                             const std::stop_token& stop) {
  if (!life_) return std::nullopt;
  const auto code = host_.loop.wait_here(sources_, life_->code(), deadline, stop);
  if (!code) return std::nullopt;
  return Exit{*code, cgroup_ != nullptr && cgroup_->oom_kills() > 0};
}

/// Ends what the process has left. False if something lives on.
bool ProcessServer::end_rest(const base::Deadline& deadline) {
  // What a stray leaves becomes ours only when that has ended.
  const bool none_left = !life_->left_strays() || host_.children.end_strays(life_->kin(), deadline).empty();
  if (!cgroup_) return none_left;
  while (true) {
    const auto pids = cgroup_->processes();
    if (pids.empty()) return none_left;
    if (deadline.passed()) return false;
    for (const auto pid : pids) ::kill(pid, SIGKILL);
    base::pause_for(kPause, {});
  }
}

std::string ProcessServer::dispose() {
  std::string problem;
  if (life_) {
    const auto deadline = base::Deadline::in(kReapTime);
    kill();
    const bool ended = life_->code().wait(deadline, {}).has_value();
    if (!ended) {
      host_.loop.drop(sources_[0]);
      life_->let_go().wait(base::Deadline::never(), {});
    }
    if (!ended || !end_rest(deadline)) {
      problem = fmt::format("not every process of '{}' ({}) could be ended", around_.process.text(),
                            platform_.name.text());
    }
    life_.reset();
    sources_ = {};
  }
  stdin_.reset();
  // One that is not empty is the run's to remove.
  if (cgroup_ && problem.empty()) host_.cgroups.take_back(std::move(cgroup_));
  cgroup_.reset();
  return problem;
}

}  // namespace executor::instance
