#include "base/mailbox.h"

#include <gtest/gtest.h>

#include <memory>
#include <thread>

namespace base {
namespace {

using namespace std::chrono_literals;

TEST(Mailbox, GivesLettersInTheirOrder) {
  Mailbox<std::unique_ptr<int>> box;
  box.send(std::make_unique<int>(1));
  box.send(std::make_unique<int>(2));
  EXPECT_EQ(**box.receive(Deadline::never(), {}), 1);
  EXPECT_EQ(**box.receive(Deadline::never(), {}), 2);
}

TEST(Mailbox, EmptyPastTheDeadlineGivesNothing) {
  Mailbox<int> box;
  EXPECT_EQ(box.receive(Deadline::in(1ms), {}), std::nullopt);
}

TEST(Mailbox, LetterInTheBoxIsGivenEvenPastTheDeadline) {
  Mailbox<int> box;
  box.send(3);
  EXPECT_EQ(box.receive(Deadline::in(-1s), {}), 3);
}

TEST(Mailbox, StopEndsTheWait) {
  Mailbox<int> box;
  std::stop_source stop;
  std::jthread stopper([&stop] { stop.request_stop(); });
  EXPECT_EQ(box.receive(Deadline::never(), stop.get_token()), std::nullopt);
}

TEST(Mailbox, LetterFromAnotherThreadEndsTheWait) {
  Mailbox<int> box;
  std::jthread sender([&box] { box.send(5); });
  EXPECT_EQ(box.receive(Deadline::never(), {}), 5);
}

}  // namespace
}  // namespace base
