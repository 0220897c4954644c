#include "executor/instance/container_meters.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/support/fake_engine.h"

namespace executor::instance {
namespace {

constexpr milliseconds kNever = std::chrono::hours(1);
constexpr const char* kStats =
    R"({"memory_stats":{"usage":500,"max_usage":900,"stats":{"total_inactive_file":100}},)"
    R"("cpu_stats":{"cpu_usage":{"total_usage":77}},"pids_stats":{"current":2}})";

/// An engine whose containers' process is this one, which is in no container of its.
std::string inspection() {
  return fmt::format(R"({{"Id":"4f5e","State":{{"Running":true,"Pid":{}}}}})", ::getpid());
}

TEST(ContainerMeters, ContainerOutOfSightIsAskedFromTheEngine) {
  tests::ScriptedClient scripted;
  scripted.transport.answer(200, inspection()).answer(200, kStats);
  ContainerMeters meters(scripted.client, kNever);
  const auto meter = meters.watch("4f5e", tests::soon());
  meter->measure_if_cheap();
  EXPECT_TRUE(meter->is_empty());
  meter->measure();
  EXPECT_EQ(meter->how(), model::MeasuredBy::engine);
  EXPECT_EQ(meter->peak().memory, 900);
  EXPECT_EQ(meter->samples().front().second.memory, 500);
  EXPECT_EQ(meter->peak().cpu_nanoseconds, 77);
  EXPECT_EQ(meter->peak().pids, 2);
}

TEST(ContainerMeters, WhereTheyAreIsAskedOnce) {
  tests::ScriptedClient scripted;
  scripted.transport.answer(200, inspection()).answer(200, kStats);
  ContainerMeters meters(scripted.client, kNever);
  const auto first = meters.watch("4f5e", tests::soon());
  const auto second = meters.watch("77aa", tests::soon());
  second->measure();
  EXPECT_EQ(second->peak().memory, 900);
}

TEST(ContainerMeters, EngineThatRefusesOnceIsAskedAgain) {
  tests::ScriptedClient scripted;
  scripted.transport.answer(200, inspection()).answer(409, "{}").answer(404, "{}").answer(200, kStats);
  ContainerMeters meters(scripted.client, kNever);
  const auto meter = meters.watch("4f5e", tests::soon());
  for (int i = 0; i < 3; ++i) meter->measure();
  EXPECT_EQ(meter->how(), model::MeasuredBy::engine);
}

TEST(ContainerMeters, EngineThatAlwaysRefusesIsAskedNoMore) {
  tests::ScriptedClient scripted;
  scripted.transport.answer(200, inspection());
  for (int i = 0; i < 20; ++i) scripted.transport.answer(501, R"({"message":"not implemented"})");
  scripted.transport.answer(200, kStats);
  ContainerMeters meters(scripted.client, kNever);
  const auto meter = meters.watch("4f5e", tests::soon());
  for (int i = 0; i < 30; ++i) meter->measure();
  EXPECT_EQ(meter->how(), model::MeasuredBy::nothing);
  EXPECT_EQ(scripted.transport.requests.size(), 21U);
}

}  // namespace
}  // namespace executor::instance
