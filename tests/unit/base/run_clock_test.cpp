#include "base/run_clock.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <future>

#include "base/deadline.h"
#include "base/latch.h"
#include "base/mailbox.h"
#include "base/wait.h"

namespace base {
namespace {

using namespace std::chrono_literals;

TEST(RunClock, StandsStillAndGoesOnFromThere) {
  RunClock::stand_still();
  const auto before = RunClock::now();
  std::this_thread::sleep_for(20ms);
  EXPECT_EQ(RunClock::now(), before);
  RunClock::go_on();
  const auto after = RunClock::now();
  EXPECT_GE(after, before);
  std::this_thread::sleep_for(2ms);
  EXPECT_GT(RunClock::now(), after);
}

TEST(RunClock, WhatItStoodStillCountsForNothing) {
  const auto steady_begin = std::chrono::steady_clock::now();
  const auto begin = RunClock::now();
  RunClock::stand_still();
  std::this_thread::sleep_for(200ms);
  RunClock::go_on();
  const auto span = RunClock::now() - begin;
  EXPECT_LE(span, std::chrono::steady_clock::now() - steady_begin - 200ms);
}

TEST(RunClock, GoingOnWithoutStandingChangesNothing) {
  const auto before = RunClock::now();
  RunClock::go_on();
  EXPECT_GE(RunClock::now(), before);
}

TEST(RunClock, DeadlineDoesNotPassWhileItStands) {
  RunClock::stand_still();
  const auto deadline = Deadline::in(30ms);
  std::this_thread::sleep_for(60ms);
  EXPECT_FALSE(deadline.passed());
  RunClock::go_on();
}

/// A wait whose time by other clocks is over long before this one goes on.
template <class Wait>
void expect_to_outlast_a_standstill(Wait wait) {
  RunClock::stand_still();
  auto waiting = std::async(std::launch::async, wait);
  EXPECT_EQ(waiting.wait_for(200ms), std::future_status::timeout);
  RunClock::go_on();
  EXPECT_EQ(waiting.wait_for(60s), std::future_status::ready);
}

TEST(RunClock, WaitsGoOnWhileItStands) {
  std::stop_source stop;
  Latch<int> latch;
  Mailbox<int> mailbox;
  expect_to_outlast_a_standstill([&] { latch.wait(Deadline::in(50ms), stop.get_token()); });
  expect_to_outlast_a_standstill([&] { mailbox.receive(Deadline::in(50ms), stop.get_token()); });
  expect_to_outlast_a_standstill([&] { wait_for(-1, 0, Deadline::in(50ms), stop.get_token()); });
}

/// What both clocks show of the time between two signs, in a process that watches for stops.
struct Spans {
  RunClock::duration run{0};
  std::chrono::steady_clock::duration steady{0};
};

Spans spans_of_a_stopped_process(std::chrono::milliseconds stopped) {
  int to_child[2];
  int to_parent[2];
  if (::pipe(to_child) != 0 || ::pipe(to_parent) != 0) std::abort();
  const pid_t child = ::fork();
  if (child == 0) {
    char byte = 0;
    Spans spans;
    {
      const StopWatcher watcher;
      const auto run = RunClock::now();
      const auto steady = std::chrono::steady_clock::now();
      if (::write(to_parent[1], "r", 1) != 1 || ::read(to_child[0], &byte, 1) != 1) ::_exit(1);
      spans = {RunClock::now() - run, std::chrono::steady_clock::now() - steady};
    }
    ::_exit(::write(to_parent[1], &spans, sizeof spans) == sizeof spans ? 0 : 1);
  }
  char byte = 0;
  Spans spans;
  EXPECT_EQ(::read(to_parent[0], &byte, 1), 1);
  ::kill(child, SIGSTOP);
  std::this_thread::sleep_for(stopped);
  EXPECT_EQ(::write(to_child[1], "g", 1), 1);  // it finds this as soon as it goes on
  ::kill(child, SIGCONT);
  EXPECT_EQ(::read(to_parent[0], &spans, sizeof spans), static_cast<ssize_t>(sizeof spans));
  ::waitpid(child, nullptr, 0);
  for (const int fd : {to_child[0], to_child[1], to_parent[0], to_parent[1]}) ::close(fd);
  return spans;
}

TEST(StopWatcher, StopFromOutsideCountsForNothingBeyondASecond) {
  const auto spans = spans_of_a_stopped_process(3s);
  EXPECT_GE(spans.steady, 3s);
  EXPECT_LE(spans.run, spans.steady - 1900ms);
}

TEST(StopWatcher, LeavesARunningClockAlone) {
  const auto begin = RunClock::now();
  {
    const StopWatcher watcher;
    std::this_thread::sleep_for(600ms);  // two beats
  }
  EXPECT_GE(RunClock::now() - begin, 600ms);
}

}  // namespace
}  // namespace base
