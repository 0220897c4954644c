#include "base/program.h"

#include <gtest/gtest.h>

#include <thread>

namespace base {
namespace {

using namespace std::chrono_literals;

tl::expected<ProgramResult, std::string> shell(const std::string& command, std::string_view input = {}) {
  return run_program({"sh", "-c", command}, input, Deadline::in(60s), {});
}

TEST(RunProgram, GivesInputAndTakesBothOutputsAndTheCode) {
  const auto ran = shell("cat; echo oops >&2; exit 7", "hello");
  ASSERT_TRUE(ran) << ran.error();
  EXPECT_EQ(ran->out, "hello");
  EXPECT_EQ(ran->err, "oops\n");
  EXPECT_EQ(ran->exit_code, 7);
}

TEST(RunProgram, ProgramThatReadsNothingIsNoTrouble) {
  const std::string much(std::size_t{4} << 20U, 'x');
  const auto ran = shell("exit 0", much);
  ASSERT_TRUE(ran) << ran.error();
  EXPECT_EQ(ran->exit_code, 0);
}

TEST(RunProgram, OutputIsKeptUpToALimit) {
  const auto ran = shell("head -c 3000000 /dev/zero");
  ASSERT_TRUE(ran) << ran.error();
  EXPECT_EQ(ran->out.size(), std::size_t{1} << 20U);
}

TEST(RunProgram, SignalIsToldAsShellsDo) {
  EXPECT_EQ(shell("kill -9 $$")->exit_code, 137);
}

TEST(RunProgram, MissingProgramIsAnError) {
  const auto ran = run_program({"no-such-program-at-all"}, {}, Deadline::in(60s), {});
  ASSERT_FALSE(ran);
  EXPECT_EQ(ran.error(), "cannot be started: No such file or directory");
}

TEST(RunProgram, DeadlineAndStopEndIt) {
  EXPECT_EQ(run_program({"sleep", "600"}, {}, Deadline::in(50ms), {}).error(), "took too long");
  std::stop_source stop;
  std::jthread later([&stop] { stop.request_stop(); });
  EXPECT_EQ(run_program({"sleep", "600"}, {}, Deadline::in(60s), stop.get_token()).error(), "was stopped");
}

}  // namespace
}  // namespace base
