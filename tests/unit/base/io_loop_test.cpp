#include "base/io_loop.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <atomic>
#include <string>
#include <thread>

#include "base/mailbox.h"

namespace base {
namespace {

class EchoSource : public IoSource {
 public:
  explicit EchoSource(Fd fd) : fd_(std::move(fd)) {}
  [[nodiscard]] int fd() const override { return fd_.get(); }
  Next on_readable() override {
    reader = std::this_thread::get_id();
    std::array<char, 64> buffer;
    const auto n = ::recv(fd_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (n < 0) return Next::again;
    letters.send(n == 0 ? "end" : std::string(buffer.data(), static_cast<std::size_t>(n)));
    return n == 0 ? Next::done : Next::again;
  }
  void on_dropped() override { letters.send("dropped"); }

  Mailbox<std::string> letters;
  std::atomic<std::thread::id> reader;

 private:
  Fd fd_;
};

struct Wired {
  Wired() {
    std::array<int, 2> fds{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds.data()) != 0) std::abort();
    far.reset(fds[0]);
    source = std::make_shared<EchoSource>(Fd(fds[1]));
  }
  std::string next() {
    return source->letters.receive(Deadline::in(std::chrono::seconds(20)), {}).value_or("none");
  }
  void say(const char* text) const { ASSERT_GT(::send(far.get(), text, strlen(text), 0), 0); }

  Fd far;
  std::shared_ptr<EchoSource> source;
};

TEST(IoLoop, HandsReadinessToItsSource) {
  IoLoop loop;
  Wired a;
  Wired b;
  ASSERT_TRUE(loop.add(a.source));
  ASSERT_TRUE(loop.add(b.source));
  b.say("to b");
  EXPECT_EQ(b.next(), "to b");
  a.say("to a");
  EXPECT_EQ(a.next(), "to a");
}

TEST(IoLoop, LetsGoOfASourceThatIsDone) {
  IoLoop loop;
  Wired a;
  ASSERT_TRUE(loop.add(a.source));
  a.far.reset();
  EXPECT_EQ(a.next(), "end");
  loop.drop(a.source);  // too late, and harmless
  Wired b;
  ASSERT_TRUE(loop.add(b.source));
  loop.drop(b.source);
  EXPECT_EQ(b.next(), "dropped");
  EXPECT_EQ(a.source->letters.receive(Deadline::in(milliseconds(0)), {}), std::nullopt);
}

TEST(IoLoop, EndDropsWhatIsStillIn) {
  Wired a;
  {
    IoLoop loop;
    ASSERT_TRUE(loop.add(a.source));
  }
  EXPECT_EQ(a.next(), "dropped");
  EXPECT_EQ(a.source.use_count(), 1);
}

TEST(IoLoop, DescriptorThatCannotBeWaitedForIsRefused) {
  IoLoop loop;
  auto source = std::make_shared<EchoSource>(Fd());
  EXPECT_FALSE(loop.add(source));
  EXPECT_EQ(source.use_count(), 1);
}

/// What brings something without end.
class Flood : public IoSource {
 public:
  Flood() { wired_.say("more"); }
  [[nodiscard]] int fd() const override { return wired_.source->fd(); }
  Next on_readable() override { return Next::again; }

 private:
  Wired wired_;
};

constexpr auto kPlenty = std::chrono::seconds(20);

struct Here {
  explicit Here(const Wired& wired) : sources{wired.source}, wired_(wired) {}
  Waited read(IoLoop& loop, const Deadline& deadline = Deadline::in(kPlenty),
              const std::stop_token& stop = {}) {
    return loop.read_here(
        sources, [this] { return !wired_.source->letters.empty(); }, deadline, stop);
  }
  std::array<IoLoop::Source, 1> sources;
  const Wired& wired_;
};

TEST(ReadHere, ReadsOnTheCallersThreadAndTheLoopGoesOnAfterIt) {
  IoLoop loop;
  Wired a;
  Here here(a);
  ASSERT_TRUE(loop.add(a.source));
  for (int i = 0; i < 100; ++i) {
    std::jthread writer([&a] { a.say("here"); });
    ASSERT_EQ(here.read(loop), Waited::ready);
    ASSERT_EQ(a.next(), "here");
  }
  a.say("loop");
  EXPECT_EQ(a.next(), "loop");
  EXPECT_NE(a.source->reader.load(), std::this_thread::get_id());
}

TEST(ReadHere, NothingIsLostOrTwiceAtTheHandOvers) {
  IoLoop loop;
  Wired a;
  Here here(a);
  ASSERT_TRUE(loop.add(a.source));
  constexpr int kCount = 20000;
  std::jthread writer([&a] {
    for (int i = 0; i < kCount; ++i) a.say("x");
  });
  int got = 0;
  while (got < kCount) {
    ASSERT_EQ(here.read(loop), Waited::ready);
    got += static_cast<int>(a.next().size());
  }
  EXPECT_EQ(got, kCount);
  EXPECT_TRUE(a.source->letters.empty());
}

TEST(ReadHere, DeadlineEndsItAlsoInAFlood) {
  IoLoop loop;
  Wired silent;
  ASSERT_TRUE(loop.add(silent.source));
  EXPECT_EQ(Here(silent).read(loop, Deadline::in(milliseconds(5))), Waited::timed_out);
  const std::array<IoLoop::Source, 1> flood{std::make_shared<Flood>()};
  ASSERT_TRUE(loop.add(flood[0]));
  const auto never = [] { return false; };
  EXPECT_EQ(loop.read_here(flood, never, Deadline::in(milliseconds(5)), {}), Waited::timed_out);
}

TEST(ReadHere, StopEndsIt) {
  IoLoop loop;
  Wired a;
  ASSERT_TRUE(loop.add(a.source));
  std::stop_source stop;
  std::jthread stopper([&stop] { stop.request_stop(); });
  EXPECT_EQ(Here(a).read(loop, Deadline::never(), stop.get_token()), Waited::stopped);
}

TEST(ReadHere, SourceThatIsDoneLeavesTheLoop) {
  Wired a;
  {
    IoLoop loop;
    ASSERT_TRUE(loop.add(a.source));
    a.far.reset();
    EXPECT_EQ(Here(a).read(loop), Waited::ready);
    EXPECT_EQ(a.next(), "end");
    // Nobody reads it any more: there is nothing to wait for.
    EXPECT_EQ(Here(a).read(loop), Waited::ready);
  }
  EXPECT_EQ(a.source.use_count(), 1);
  EXPECT_TRUE(a.source->letters.empty()) << "it was dropped after it was done";
}

}  // namespace
}  // namespace base
