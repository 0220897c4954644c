#include "executor/model/outcome.h"

#include <gtest/gtest.h>

namespace executor::model {
namespace {

TEST(Outcome, EveryKindHasItsNameAndCategory) {
  EXPECT_EQ(name_of(TimedOut{}), "timed out");
  EXPECT_EQ(category_of(Passed{}), Category::passed);
  EXPECT_EQ(category_of(Skipped{}), Category::skipped);
  EXPECT_EQ(category_of(CouldNotRun{}), Category::could_not_run);
  EXPECT_EQ(category_of(Cancelled{}), Category::could_not_run);
  for (const Outcome& red : {Outcome(Failed{}), Outcome(Undefined{}), Outcome(Pending{}), Outcome(TimedOut{}),
                             Outcome(Exited{}), Outcome(KilledForMemory{}), Outcome(ProtocolViolation{})}) {
    EXPECT_EQ(category_of(red), Category::failed) << name_of(red);
  }
}

TEST(Outcome, MessagesSayWhatHappened) {
  EXPECT_EQ(message_of(TimedOut{"the step", std::chrono::seconds(5), "wrote nothing"}),
            "the step took longer than 5.0s; wrote nothing");
  EXPECT_EQ(message_of(Exited{139, "while the step ran"}), "exit code 139 (SIGSEGV) while the step ran");
  EXPECT_EQ(message_of(KilledForMemory{std::int64_t{256} << 20}), "it needed more than its 256 MiB");
  EXPECT_EQ(message_of(Passed{}), "");
}

TEST(DescribeExit, SignalsByName) {
  EXPECT_EQ(describe_exit(3), "exit code 3");
  EXPECT_EQ(describe_exit(137), "exit code 137 (SIGKILL)");
  EXPECT_EQ(describe_exit(128), "exit code 128");
  EXPECT_EQ(describe_exit(255), "exit code 255");
}

}  // namespace
}  // namespace executor::model
