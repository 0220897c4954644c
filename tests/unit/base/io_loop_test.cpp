#include "base/io_loop.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <string>

#include "base/mailbox.h"

namespace base {
namespace {

class EchoSource : public IoSource {
 public:
  explicit EchoSource(Fd fd) : fd_(std::move(fd)) {}
  [[nodiscard]] int fd() const override { return fd_.get(); }
  Next on_readable() override {
    std::array<char, 64> buffer;
    const auto n = ::recv(fd_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (n < 0) return Next::again;
    letters.send(n == 0 ? "end" : std::string(buffer.data(), static_cast<std::size_t>(n)));
    return n == 0 ? Next::done : Next::again;
  }
  void on_dropped() override { letters.send("dropped"); }

  Mailbox<std::string> letters;

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

}  // namespace
}  // namespace base
