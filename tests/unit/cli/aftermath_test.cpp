#include "executor/cli/aftermath.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "executor/track/watchdog.h"
#include "tests/support/temp_folder.h"

namespace executor::cli {
namespace {

using namespace std::chrono_literals;

/// A machine without an engine, and with a place for notes.
struct Alone : testing::Test {
  Alone() {
    ::setenv("XDG_STATE_HOME", folder.path().c_str(), 1);
    ::setenv("DOCKER_HOST", ("unix://" + (folder.path() / "none.sock").string()).c_str(), 1);
  }
  [[nodiscard]] std::string note(const std::string& run) const {
    return tests::read_file(folder.path() / "cexec/unfinished" / run);
  }
  tests::TempFolder folder;
};

TEST_F(Alone, AfterItsPatienceANoteSaysWhyForTheNextStart) {
  clean_up_after(model::RunId("run-1"), 300ms);
  EXPECT_NE(note("run-1").find("engine"), std::string::npos) << note("run-1");
  const auto notes = take_notes();
  ASSERT_EQ(notes.size(), 1U);
  EXPECT_TRUE(notes[0].starts_with("what run run-1 had left could not be removed when it died: "))
      << notes[0];
  EXPECT_EQ(take_notes(), std::vector<std::string>()) << "each is told once";
}

TEST_F(Alone, WatchdogOfAKilledOwnerLeavesTheNote) {
  const pid_t owner = ::fork();
  if (owner == 0) {
    const auto watchdog = track::Watchdog::start([](const auto& run) { clean_up_after(run, 300ms); });
    watchdog->watch(model::RunId("run-2"));
    ::kill(::getpid(), SIGKILL);
  }
  ::waitpid(owner, nullptr, 0);
  for (int i = 0; i < 60'000 && note("run-2").empty(); ++i) ::usleep(1000);
  EXPECT_EQ(take_notes().size(), 1U);
}

}  // namespace
}  // namespace executor::cli
