// Starting a program as a process of this machine, quickly and so that it cannot outlive cexec. It must not
// know what the program is.
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>
#include <thread>

#include <tl/expected.hpp>

#include "base/fd.h"
#include "base/mailbox.h"
#include "executor/instance/cgroups.h"
#include "executor/instance/process_spec.h"
#include "executor/track/children.h"

namespace executor::instance {

/// A process that was started: the leader of a session and process group of its own.
struct Launched {
  pid_t pid = -1;
  base::Fd pidfd;  ///< readable once it has ended (pidfd_open(2))
};

/// The standard streams of a process: its ends.
struct StandardStreams {
  base::Fd in;
  base::Fd out;
  base::Fd err;
};

/// Starts processes from one thread of its own, because a parent-death signal (prctl(2), PR_SET_PDEATHSIG) is
/// that of the thread that started the process: whoever asks for one may end before it. Thread-safe.
class ProcessLauncher {
 public:
  /// `children` is told of every process before anybody may take it for a stray; it must outlive this.
  explicit ProcessLauncher(track::Children& children);
  ~ProcessLauncher();
  ProcessLauncher(const ProcessLauncher&) = delete;
  ProcessLauncher& operator=(const ProcessLauncher&) = delete;

  /// Starts it, in `cgroup` if that is not null. Blocks until the program runs, about as long as fork(2) and
  /// execve(2) take. The error says which part of that did not work, and why.
  tl::expected<Launched, std::string> launch(const ProcessSpec& spec, const StandardStreams& streams,
                                             const Cgroup* cgroup);

 private:
  struct Request;
  void work(const std::stop_token& stop);
  tl::expected<Launched, std::string> start(const Request& request);

  track::Children& children_;
  base::Mailbox<std::shared_ptr<Request>> requests_;
  void* shared_;         ///< what a process in the making says of its failure
  void* stack_;          ///< of a process in the making
  std::jthread thread_;  // last: it uses all of the above
};

}  // namespace executor::instance
