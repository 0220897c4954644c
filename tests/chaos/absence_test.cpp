// An engine of the test's own that is away for a while in the middle of a case, or for good: what the run
// makes of it, and what is left.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <thread>

#include "tests/chaos/trial.h"
#include "tests/support/cexec.h"
#include "tests/support/private_engine.h"

namespace tests::chaos {
namespace {

using namespace std::chrono_literals;

/// Longer than all that cexec waits for an engine in the middle of a case, before the next one and at the
/// end.
constexpr auto kPatience = 300s;

/// One case that works for three seconds in all, and must not take more than five; and a case after it.
constexpr const char* kFeature =
    "Feature: f\n @timeout:5000\n Scenario: limited\n  When the 'a' process works 1000\n"
    "  And the 'a' process works 1001\n  And the 'a' process works 1002\n"
    " Scenario: next\n  When the 'a' process works 1\n";

/// An engine, and all that a run on it needs.
struct Scene {
  Scene() : client(client_of(engine.socket())), setup{engine.socket(), make_image(*client)} {
    setup.feature = kFeature;
  }

  /// Blocks until a server is in the middle of its second step, as the proxy sees it.
  [[nodiscard]] FaultProxy::Hooks telling_of_the_second_step() {
    return {[](const std::string&) { return Treatment(); },
            [this](std::string_view bytes) {
              if (bytes.find("works 1001") != std::string_view::npos) is_working = true;
            }};
  }
  void wait_until_working() const {
    const auto deadline = std::chrono::steady_clock::now() + 120s;
    while (!is_working) {
      ASSERT_LT(std::chrono::steady_clock::now(), deadline);
      std::this_thread::sleep_for(1ms);
    }
  }

  /// The end of a run whose engine went away in the first of two cases, and did not come back.
  static void expect_end_without_engine(const Finished& ended) {
    EXPECT_EQ(ended.exit_code, 3) << ended.out << ended.err;
    const auto cases = cases_in(ended.out);
    ASSERT_FALSE(cases.empty()) << ended.out;
    EXPECT_EQ(cases[0].outcome, "could not run") << ended.out;
    EXPECT_NE(cases[0].text.find("│"), std::string::npos) << "why? " << ended.out;
    EXPECT_NE(ended.out.find("engine  does not answer, and is waited for"), std::string::npos) << ended.out;
    const auto last = last_lines(ended.out);
    ASSERT_EQ(last.size(), 2U);
    EXPECT_TRUE(last[0].starts_with("2 cases: 0 passed, 0 failed, 0 skipped, 2 could not run in "))
        << last[0];
    EXPECT_EQ(last[1], "unknown objects left behind: the engine does not answer");
  }

  /// Once the engine is back after all, the watchdog finishes.
  void expect_nothing_left(Run& run) {
    client = client_of(engine.socket());
    run.wait_for_watchdog();
    EXPECT_EQ(executor::track::names_of(objects_of(*client, run.owner())), std::vector<std::string>());
  }

  /// The engine, which is stopped, stays so for twice the scenario's limit; that is what is tested.
  void expect_well_after_ten_seconds(Run& run) {
    std::this_thread::sleep_for(10s);
    engine.signal(SIGCONT);
    const auto ended = run.process().finish(kPatience);
    EXPECT_EQ(ended.exit_code, 0) << ended.out << ended.err;
    EXPECT_EQ(last_lines(ended.out).back(), "0 objects left behind");
  }

  PrivateEngine engine;
  std::unique_ptr<docker::Client> client;
  Setup setup;
  std::atomic<bool> is_working{false};
};

TEST(Absence, OfTenSecondsIsNotTheScenariosTime) {
  Scene scene;
  const FaultProxy proxy(scene.engine.socket(), scene.telling_of_the_second_step());
  chaos::Run run(scene.setup, proxy.docker_host());
  scene.wait_until_working();
  scene.engine.signal(SIGSTOP);
  scene.expect_well_after_ten_seconds(run);
}

TEST(Absence, OfTenSecondsWhileAServerStartsIsNotTheScenariosTime) {
  Scene scene;
  std::atomic<bool> is_starting{false};
  const FaultProxy proxy(scene.engine.socket(),
                         {[&](const std::string& request) {
                            Treatment treatment;
                            if (request.find("/start") == std::string::npos || is_starting.exchange(true))
                              return treatment;
                            scene.engine.signal(SIGSTOP);  // before the engine sees it
                            return treatment;
                          },
                          {}});
  scene.setup.mode = {"--container-seq", "--provision-ahead", "0"};
  chaos::Run run(scene.setup, proxy.docker_host());
  while (!is_starting && run.is_alive()) std::this_thread::sleep_for(1ms);
  scene.expect_well_after_ten_seconds(run);
}

TEST(Absence, ForGoodEndsTheRunWithItsReasons) {
  Scene scene;
  const FaultProxy proxy(scene.engine.socket(), scene.telling_of_the_second_step());
  chaos::Run run(scene.setup, proxy.docker_host());
  scene.wait_until_working();
  scene.engine.stop(SIGKILL);
  Scene::expect_end_without_engine(run.process().finish(kPatience));
  scene.engine.start();
  scene.expect_nothing_left(run);
}

TEST(Absence, OfAHungEngineForGoodEndsTheRunWithItsReasons) {
  Scene scene;
  const FaultProxy proxy(scene.engine.socket(), scene.telling_of_the_second_step());
  chaos::Run run(scene.setup, proxy.docker_host());
  scene.wait_until_working();
  scene.engine.signal(SIGSTOP);
  Scene::expect_end_without_engine(run.process().finish(kPatience));
  scene.engine.signal(SIGCONT);
  scene.expect_nothing_left(run);
}

}  // namespace
}  // namespace tests::chaos
