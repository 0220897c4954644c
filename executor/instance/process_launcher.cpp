// Starting a program as a process of this machine, quickly and so that it cannot outlive cexec. It must not
// know what the program is.
#include "executor/instance/process_launcher.h"

#include <fmt/format.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <new>
#include <system_error>
#include <vector>

#include "base/latch.h"

namespace executor::instance {
namespace {

constexpr std::size_t kStackSize = std::size_t{256} << 10U;

std::vector<char*> pointers_to(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (const auto& text : texts) pointers.push_back(const_cast<char*>(text.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

struct ProcessLauncher::Request {
  Request(const ProcessSpec& what, const StandardStreams& with, const Cgroup* within)
      : spec(what), streams(with), cgroup(within) {}
  const ProcessSpec& spec;
  const StandardStreams& streams;
  const Cgroup* cgroup;
  base::Latch<bool> done;
  tl::expected<Launched, std::string> result = tl::unexpected(std::string());
};

namespace {

/// All that a process in the making needs: nothing is to be allocated there, nor locked.
struct Making {
  const ProcessSpec& spec;
  const StandardStreams& streams;
  const Cgroup* cgroup;
  char* const* arguments;
  char* const* environment;
  pid_t parent;
};

struct Failure {
  const char* what = nullptr;
  const char* detail = "";
  int error = 0;
};

Failure failure(const char* what, const char* detail = "") {
  return {what, detail, errno};
}

/// What the program may not have from us: handlers and ignored signals, but not what is blocked, which comes
/// last. The kernel's signals are numbered from 1 to 64.
void reset_signals() {
  struct sigaction by_default {};
  by_default.sa_handler = SIG_DFL;
  for (int number = 1; number < NSIG; ++number) ::sigaction(number, &by_default, nullptr);
}

Failure enter_bounds(const Making& making) {
  if (making.cgroup != nullptr) {
    for (const auto& entry : making.cgroup->entries()) {
      if (::write(entry.get(), "0", 1) != 1) return failure("it could not be put into its cgroup");
    }
  }
  for (const auto& limit : making.spec.limits) {
    if (::setrlimit(static_cast<__rlimit_resource>(limit.resource), &limit.limit) != 0)
      return failure("a limit could not be set: ", limit.name.c_str());
  }
  if (making.spec.no_new_privileges && ::prctl(PR_SET_NO_NEW_PRIVS, 1UL, 0UL, 0UL, 0UL) != 0)
    return failure("its privileges could not be fixed");
  return {};
}

/// Only returns if it fails. Runs between clone(2) and execve(2), in memory that is the parent's.
Failure become(const Making& making) {
  reset_signals();
  ::setsid();
  ::prctl(PR_SET_PDEATHSIG, static_cast<unsigned long>(SIGKILL));
  if (::getppid() != making.parent) ::_exit(1);  // it died before it could have killed us
  if (const auto failed = enter_bounds(making); failed.what != nullptr) return failed;
  if (::chdir(making.spec.folder.c_str()) != 0)
    return failure("its folder cannot be entered: ", making.spec.folder.c_str());
  const bool has_streams = ::dup2(making.streams.in.get(), STDIN_FILENO) >= 0 &&
                           ::dup2(making.streams.out.get(), STDOUT_FILENO) >= 0 &&
                           ::dup2(making.streams.err.get(), STDERR_FILENO) >= 0;
  if (!has_streams) return failure("its standard streams could not be connected");
  // What cexec was started with is no business of a server's: a jobserver's pipe, a terminal, a lock.
  ::close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC);
  sigset_t none;
  ::sigemptyset(&none);
  ::pthread_sigmask(SIG_SETMASK, &none, nullptr);
  ::execve(making.spec.program.c_str(), making.arguments, making.environment);
  return failure("the program cannot be run: ", making.spec.program.c_str());
}

struct Child {
  const Making& making;
  Failure& failure;
};

int child_main(void* argument) {
  const auto& child = *static_cast<Child*>(argument);
  child.failure = become(child.making);
  ::_exit(127);
}

/// The child has our memory until it runs its program, as with vfork(2), and this thread waits for that. The
/// sanitizers keep books about memory, which a child that never returns leaves in disorder: for them, a copy.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr int kCloneMemory = 0;
#else
constexpr int kCloneMemory = CLONE_VM;
#endif
pid_t clone_in_memory(Child& child, void* stack) {
  char* const top = static_cast<char*>(stack) + kStackSize;
  return ::clone(&child_main, top, kCloneMemory | CLONE_VFORK | SIGCHLD, &child);
}

/// The only way to make a process in a cgroup of version 2 without a wait for all processors; the C library
/// has no call for it. The child has a copy of our memory: `child.failure` must be in memory that is shared.
pid_t clone_into_cgroup(Child& child, int cgroup) {
  clone_args arguments{};
  arguments.flags = CLONE_VFORK | CLONE_INTO_CGROUP;
  arguments.exit_signal = SIGCHLD;
  arguments.cgroup = static_cast<__u64>(cgroup);
  const auto pid = static_cast<pid_t>(::syscall(SYS_clone3, &arguments, sizeof arguments));
  if (pid == 0) child_main(&child);
  return pid;
}

}  // namespace

ProcessLauncher::ProcessLauncher(track::Children& children) : children_(children) {
  const int flags = MAP_ANONYMOUS | MAP_SHARED;
  shared_ = ::mmap(nullptr, sizeof(Failure), PROT_READ | PROT_WRITE, flags, -1, 0);
  stack_ = ::mmap(nullptr, kStackSize, PROT_READ | PROT_WRITE, MAP_ANONYMOUS | MAP_PRIVATE, -1, 0);
  if (shared_ == MAP_FAILED || stack_ == MAP_FAILED)
    throw std::system_error(errno, std::generic_category(), "mmap");
  thread_ = std::jthread([this](const std::stop_token& stop) { work(stop); });
}

ProcessLauncher::~ProcessLauncher() {
  thread_.request_stop();
  thread_.join();
  ::munmap(shared_, sizeof(Failure));
  ::munmap(stack_, kStackSize);
}

tl::expected<Launched, std::string> ProcessLauncher::launch(const ProcessSpec& spec,
                                                            const StandardStreams& streams,
                                                            const Cgroup* cgroup) {
  const auto request = std::make_shared<Request>(spec, streams, cgroup);
  requests_.send(request);
  request->done.wait(base::Deadline::never(), {});
  return std::move(request->result);
}

void ProcessLauncher::work(const std::stop_token& stop) {
  sigset_t all;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, nullptr);  // no handler may run in a process in the making
  while (const auto request = requests_.receive(base::Deadline::never(), stop)) {
    (*request)->result = start(**request);
    (*request)->done.set(true);
  }
}

tl::expected<Launched, std::string> ProcessLauncher::start(const Request& request) {
  const auto arguments = pointers_to(request.spec.arguments);
  const auto environment = pointers_to(request.spec.environment);
  const Making making{request.spec,     request.streams,    request.cgroup,
                      arguments.data(), environment.data(), ::getpid()};
  auto& failed = *new (shared_) Failure();
  Child child{making, failed};
  Launched launched;
  int error = 0;
  launched.pid = children_.start([&] {
    const int unified = request.cgroup == nullptr ? -1 : request.cgroup->unified();
    const auto pid = unified >= 0 ? clone_into_cgroup(child, unified) : clone_in_memory(child, stack_);
    error = errno;
    return pid;
  });
  if (launched.pid < 0)
    return tl::unexpected(fmt::format("no process can be made: {}", std::generic_category().message(error)));
  launched.pidfd.reset(static_cast<int>(::syscall(SYS_pidfd_open, launched.pid, 0)));
  if (failed.what == nullptr && launched.pidfd) return launched;
  const int cause = failed.what == nullptr ? errno : failed.error;
  ::kill(launched.pid, SIGKILL);
  while (::waitpid(launched.pid, nullptr, 0) < 0 && errno == EINTR) continue;
  children_.forget(launched.pid);
  return tl::unexpected(fmt::format("{}{}: {}", failed.what == nullptr ? "it cannot be watched" : failed.what,
                                    failed.detail, std::generic_category().message(cause)));
}

}  // namespace executor::instance
