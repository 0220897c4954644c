#include "executor/cli/dispatcher.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

namespace executor::cli {
namespace {

using namespace std::chrono_literals;

/// A run that is over as soon as it is cancelled.
struct Dispatched : model::EventSink {
  Dispatched() {
    hooks = {[this] { ++removals; }, [this] { ++questions; }, -1};
  }

  std::optional<int> run(const base::Deadline& deadline = base::Deadline::never()) {
    const std::stop_callback on_stop(cancellation.token(), [this] { events.post(model::RunFinished{}); });
    return dispatch(signals, events, {this}, cancellation, deadline, hooks);
  }
  void on_event(const model::Event&) override { ++seen; }

  Signals signals;
  schedule::EventQueue events;
  schedule::Cancellation cancellation;
  DispatcherHooks hooks;
  int removals = 0;
  int questions = 0;
  int seen = 0;
};

TEST(Dispatcher, FirstSignalCancelsUnderItsName) {
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
    Dispatched d;
    ::kill(::getpid(), number);
    EXPECT_EQ(d.run(), number);
    EXPECT_EQ(d.cancellation.reason(), signal_name(number));
    EXPECT_EQ(d.removals, 1);
  }
}

TEST(Dispatcher, SecondSignalCallsTheHookAgainAndTheFirstCounts) {
  Dispatched d;
  ::kill(::getpid(), SIGINT);
  ::kill(::getpid(), SIGTERM);
  EXPECT_TRUE(d.run().has_value());
  EXPECT_EQ(d.removals, 2);
}

TEST(Dispatcher, QuestionIsAnsweredAndCancelsNothing) {
  Dispatched d;
  ::kill(::getpid(), SIGUSR1);
  d.hooks.on_question = [&d] {
    ++d.questions;
    EXPECT_EQ(d.cancellation.reason(), std::nullopt);
    d.events.post(model::RunFinished{});
  };
  EXPECT_EQ(d.run(), std::nullopt);
  EXPECT_EQ(d.questions, 1);
}

TEST(Dispatcher, OutputThatNobodyReadsCancels) {
  Dispatched d;
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  ::close(ends[0]);
  d.hooks.output = ends[1];
  EXPECT_EQ(d.run(), std::nullopt);
  EXPECT_EQ(d.cancellation.reason(), "nobody reads the output any more");
  ::close(ends[1]);
}

TEST(Dispatcher, RunsDeadlineCancels) {
  Dispatched d;
  EXPECT_EQ(d.run(base::Deadline::in(1ms)), std::nullopt);
  EXPECT_EQ(d.cancellation.reason(), "--run-timeout");
}

TEST(Dispatcher, IgnoredHangUpStaysIgnored) {
  ASSERT_NE(::signal(SIGHUP, SIG_IGN), SIG_ERR);
  sigset_t hang_up;
  ::sigemptyset(&hang_up);
  ::sigaddset(&hang_up, SIGHUP);
  ::pthread_sigmask(SIG_UNBLOCK, &hang_up, nullptr);
  {
    Dispatched d;
    ::kill(::getpid(), SIGHUP);
    EXPECT_EQ(d.run(base::Deadline::in(1ms)), std::nullopt);
  }
  ::signal(SIGHUP, SIG_DFL);
}

/// In a process of its own: a test's must not be stopped.
TEST(Dispatcher, TerminalStopStopsTheProcessAndItsClock) {
  const pid_t child = ::fork();
  if (child == 0) {
    Dispatched d;
    const auto deadline = base::Deadline::in(10s);
    ::kill(::getpid(), SIGTSTP);
    d.run(base::Deadline::in(0ms));  // meets the signal first
    ::_exit(deadline.passed() ? 1 : 0);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, WUNTRACED), child);
  ASSERT_TRUE(WIFSTOPPED(status));
  ::usleep(100'000);
  ::kill(child, SIGCONT);
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST(StandardDescriptors, ClosedOnesAreTakenByNothingOfOurs) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(STDIN_FILENO);
    ::close(STDOUT_FILENO);
    hold_standard_descriptors();
    int ends[2];
    ::_exit(::pipe(ends) == 0 && ends[0] > STDERR_FILENO ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

}  // namespace
}  // namespace executor::cli
