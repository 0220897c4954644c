#include "executor/cli/outlet.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>

#include <array>
#include <chrono>
#include <functional>
#include <ostream>
#include <thread>

#include "base/fd.h"

namespace executor::cli {
namespace {

using namespace std::chrono_literals;

struct Pipe {
  Pipe() {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
    read.reset(ends[0]);
    write.reset(ends[1]);
    std::ignore = ::signal(SIGPIPE, SIG_IGN);
  }
  /// Blocks until so much has come.
  [[nodiscard]] std::string take(std::size_t size) const {
    std::string text;
    std::array<char, 65536> part{};
    while (text.size() < size) {
      const auto n = ::read(read.get(), part.data(), part.size());
      if (n <= 0) break;
      text.append(part.data(), static_cast<std::size_t>(n));
    }
    return text;
  }
  base::Fd read;
  base::Fd write;
};

bool eventually(const std::function<bool()>& holds) {
  for (int i = 0; i < 60'000 && !holds(); ++i) std::this_thread::sleep_for(1ms);
  return holds();
}

std::string numbered_lines(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += "line " + std::to_string(i) + "\n";
  return text;
}

TEST(Outlet, ReaderWhoStandsStillHoldsUpNobodyAndGetsAllInItsOrder) {
  const Pipe pipe;
  Outlet outlet(pipe.write.get());
  std::ostream out(&outlet);
  const auto text = numbered_lines(500'000);  // more than a pipe and the memory for it take
  for (std::size_t i = 0; i < text.size(); i += 1000) out << text.substr(i, 1000) << std::flush;
  EXPECT_GT(outlet.left(), 0U);
  EXPECT_EQ(pipe.take(text.size()), text);
  EXPECT_TRUE(eventually([&] { return outlet.left() == 0; }));
  EXPECT_EQ(outlet.written(), text.size());
  out << "once more" << '\n';
  EXPECT_EQ(pipe.take(10), "once more\n");
}

TEST(Outlet, SlowReaderOfWhatGoesOnComingGetsItInItsOrder) {
  const Pipe pipe;
  Outlet outlet(pipe.write.get());
  std::ostream out(&outlet);
  const auto text = numbered_lines(300'000);
  std::string got;
  std::thread reader([&] { got = pipe.take(text.size()); });
  for (std::size_t i = 0; i < text.size(); i += 100'000) out << text.substr(i, 100'000);
  reader.join();
  EXPECT_TRUE(got == text);
}

TEST(Outlet, ReaderWhoGoesAwayLeavesNothingToWrite) {
  Pipe pipe;
  Outlet outlet(pipe.write.get());
  std::ostream out(&outlet);
  out << numbered_lines(500'000);
  pipe.read.reset();
  EXPECT_TRUE(eventually([&] { return outlet.left() == 0; }));
  out << "nobody reads this";
  EXPECT_EQ(outlet.left(), 0U);
}

TEST(Outlet, TellsThatItIsEmpty) {
  const Pipe pipe;
  Outlet outlet(pipe.write.get());
  std::ostream out(&outlet);
  out << "text";
  pollfd emptied{outlet.emptied_fd(), POLLIN, 0};
  EXPECT_EQ(::poll(&emptied, 1, 60'000), 1);
  EXPECT_EQ(outlet.left(), 0U);
}

TEST(Outlet, EndsAlthoughItsThreadIsInTheMiddleOfAWrite) {
  const Pipe pipe;
  {
    Outlet outlet(pipe.write.get());
    std::ostream out(&outlet);
    out << numbered_lines(50'000);
    EXPECT_TRUE(eventually([&] { return outlet.written() > 0; }));
  }
  EXPECT_FALSE(pipe.take(1).empty());
}

TEST(Outlet, DescriptorThatDoesNotBlockIsWaitedFor) {
  const Pipe pipe;
  ::fcntl(pipe.write.get(), F_SETFL, O_NONBLOCK);
  Outlet outlet(pipe.write.get());
  std::ostream out(&outlet);
  const auto text = numbered_lines(50'000);
  out << text;
  EXPECT_TRUE(pipe.take(text.size()) == text);
}

}  // namespace
}  // namespace executor::cli
