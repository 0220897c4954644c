#include "executor/track/watchdog.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>

#include "tests/support/temp_folder.h"

namespace executor::track {
namespace {

using namespace std::chrono_literals;

/// Runs `life` in a process of its own, which has a watchdog that writes the run's id into a file.
class Owner {
 public:
  explicit Owner(const std::function<void(Watchdog& watchdog)>& life) {
    const auto file = folder_.path() / "cleaned";
    const pid_t child = ::fork();
    if (child == 0) {
      std::signal(SIGPIPE, SIG_IGN);
      {
        const auto watchdog = Watchdog::start([file](const model::RunId& run) {
          std::ofstream(file.string() + ".part") << run.text();
          std::filesystem::rename(file.string() + ".part", file);
        });
        life(*watchdog);
      }
      ::_exit(0);
    }
    ::waitpid(child, &status_, 0);
  }

  [[nodiscard]] bool was_killed() const { return WIFSIGNALED(status_); }
  /// The run that was cleaned up after; blocks until that has happened.
  [[nodiscard]] std::string cleaned() const {
    const auto deadline = std::chrono::steady_clock::now() + 30s;
    while (!std::filesystem::exists(folder_.path() / "cleaned")) {
      if (std::chrono::steady_clock::now() > deadline) return "nothing in 30 s";
      ::usleep(1000);
    }
    return tests::read_file(folder_.path() / "cleaned");
  }
  [[nodiscard]] bool is_clean() const { return std::filesystem::exists(folder_.path() / "cleaned"); }

 private:
  tests::TempFolder folder_;
  int status_ = 0;
};

TEST(Watchdog, CleansUpAfterAKilledOwner) {
  const Owner owner([](Watchdog& watchdog) {
    watchdog.watch(model::RunId("run-1"));
    ::raise(SIGKILL);
  });
  EXPECT_TRUE(owner.was_killed());
  EXPECT_EQ(owner.cleaned(), "run-1");
}

TEST(Watchdog, OutlivesSignalsToTheOwnersGroup) {
  const Owner owner([](Watchdog& watchdog) {
    ::setpgid(0, 0);
    watchdog.watch(model::RunId("run-2"));
    for (const int number : {SIGHUP, SIGINT, SIGTERM}) ::kill(watchdog.pid(), number);
    ::kill(0, SIGKILL);
  });
  EXPECT_EQ(owner.cleaned(), "run-2");
}

TEST(Watchdog, GoesOnWhereTheOwnerEndsWithoutReleasingIt) {
  const Owner owner([](Watchdog& watchdog) { watchdog.watch(model::RunId("run-3")); });
  EXPECT_FALSE(owner.was_killed());
  EXPECT_EQ(owner.cleaned(), "run-3");
}

TEST(Watchdog, ReleasedOneEndsWithTheOwnerAndCleansNothing) {
  const Owner owner([](Watchdog& watchdog) {
    watchdog.watch(model::RunId("run-4"));
    watchdog.release();
  });
  EXPECT_FALSE(owner.is_clean());  // the owner has waited for its end
}

TEST(Watchdog, RunThatNeverBeganNeedsNone) {
  const Owner owner([](Watchdog&) {});
  EXPECT_FALSE(owner.is_clean());
}

TEST(Watchdog, OwnerOfADeadWatchdogLivesOn) {
  const Owner owner([](Watchdog& watchdog) {
    ::kill(watchdog.pid(), SIGKILL);
    ::usleep(10'000);
    watchdog.watch(model::RunId("run-5"));
    watchdog.release();
  });
  EXPECT_FALSE(owner.was_killed());
}

TEST(Watchdog, HoldsNoneOfTheOwnersDescriptors) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const Owner owner([&ends](Watchdog& watchdog) {
    ::close(ends[0]);
    watchdog.watch(model::RunId("run-6"));
    ::raise(SIGKILL);
  });
  ::close(ends[1]);
  char byte = 0;
  EXPECT_EQ(::read(ends[0], &byte, 1), 0);  // the end, although the watchdog may live
  ::close(ends[0]);
  EXPECT_EQ(owner.cleaned(), "run-6");
}

}  // namespace
}  // namespace executor::track
