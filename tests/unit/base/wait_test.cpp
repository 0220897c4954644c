#include "base/wait.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <thread>

#include "base/fd.h"

namespace base {
namespace {

using namespace std::chrono_literals;

struct Pair {
  Pair() {
    std::array<int, 2> fds{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds.data()) != 0) std::abort();
    a.reset(fds[0]);
    b.reset(fds[1]);
  }
  Fd a;
  Fd b;
};

TEST(WaitFor, BytesThereIsReady) {
  Pair pair;
  ASSERT_EQ(::write(pair.b.get(), "x", 1), 1);
  EXPECT_EQ(wait_for(pair.a.get(), POLLIN, Deadline::never(), {}), Waited::ready);
}

TEST(WaitFor, OtherSideGoneIsReady) {
  Pair pair;
  pair.b.reset();
  EXPECT_EQ(wait_for(pair.a.get(), POLLIN, Deadline::never(), {}), Waited::ready);
}

TEST(WaitFor, NothingThereTimesOut) {
  Pair pair;
  EXPECT_EQ(wait_for(pair.a.get(), POLLIN, Deadline::in(5ms), {}), Waited::timed_out);
}

TEST(WaitFor, StopWinsOverBytes) {
  Pair pair;
  std::stop_source stop;
  stop.request_stop();
  ASSERT_EQ(::write(pair.b.get(), "x", 1), 1);
  EXPECT_EQ(wait_for(pair.a.get(), POLLIN, Deadline::never(), stop.get_token()), Waited::stopped);
}

TEST(WaitFor, StopFromAnotherThreadEndsTheWait) {
  Pair pair;
  std::stop_source stop;
  std::jthread stopper([&stop] { stop.request_stop(); });
  EXPECT_EQ(wait_for(pair.a.get(), POLLIN, Deadline::never(), stop.get_token()), Waited::stopped);
}

TEST(WaitFor, StopOfAnEarlierWaitDoesNotEndTheNext) {
  Pair pair;
  {
    std::stop_source stop;
    stop.request_stop();
    EXPECT_FALSE(pause_for(1h, stop.get_token()));
  }
  std::stop_source other;
  EXPECT_EQ(wait_for(pair.a.get(), POLLIN, Deadline::in(5ms), other.get_token()), Waited::timed_out);
  for (int i = 0; i < 50; ++i) {
    std::stop_source stop;
    std::jthread stopper([&stop] { stop.request_stop(); });
    EXPECT_FALSE(pause_for(1h, stop.get_token()));
    EXPECT_EQ(wait_for(pair.a.get(), POLLIN, Deadline::in(0ms), other.get_token()), Waited::timed_out);
  }
}

TEST(Deadline, NeverIsAfterAnyOther) {
  EXPECT_LT(Deadline::in(1h), Deadline::never());
  EXPECT_FALSE(Deadline::never().passed());
  EXPECT_EQ(Deadline::never().poll_timeout(), -1);
}

TEST(Deadline, PassedHasNothingLeft) {
  const auto past = Deadline::in(-5s);
  EXPECT_TRUE(past.passed());
  EXPECT_EQ(past.left(), 0ms);
  EXPECT_EQ(past.poll_timeout(), 0);
}

TEST(Deadline, SpanTooLongForTheClockIsNever) {
  EXPECT_TRUE(Deadline::in(std::chrono::hours::max()).is_never());
}

}  // namespace
}  // namespace base
