#include "executor/track/sweep.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/support/fake_engine.h"

namespace executor::track {
namespace {

using tests::soon;

std::string labels(const std::string& name, const std::string& run, const std::string& owner) {
  return fmt::format(
      R"("Labels":{{"io.cexec.name":"{}","io.cexec.run":"{}","io.cexec.owner":"{}","io.cexec.machine":"{}"}})",
      name, run, owner, machine_id());
}

std::string container(const std::string& name, const std::string& run, const std::string& owner) {
  return fmt::format(R"({{"Id":"1","Names":["/{}"],"Created":100,{}}})", name, labels(name, run, owner));
}

std::string dead_owner() {
  auto owner = current_owner();
  ++owner.start_time;
  return owner.text();
}

TEST(Sweep, RemovesOnlyWhatDeadRunsLeft) {
  tests::ScriptedClient scripted;
  auto& script = scripted.transport;
  script.answer(200, "[" + container("alive", "r1", current_owner().text()) + "," +
                         container("dead", "r2", dead_owner()) + "," + container("whose", "r3", "elsewhere") +
                         "]");
  script.answer(200, fmt::format(R"([{{"Id":"2","Name":"net","Created":"2026-11-24T03:16:13.18Z",{}}}])",
                                 labels("net", "r2", dead_owner())));
  script.answer(200, R"({"Volumes":null})").answer(204).answer(403, R"({"message":"it has endpoints"})");
  const auto removed = sweep(scripted.client, LivenessCheck(), soon());
  ASSERT_TRUE(removed);
  EXPECT_EQ(removed->names, std::vector<std::string>{"dead"});
  EXPECT_EQ(removed->failures, std::vector<std::string>{"net: it has endpoints"});
  EXPECT_EQ(script.requests.size(), 5u);
  EXPECT_EQ(script.asked(3), "DELETE /v1.41/containers/dead?force=1&v=1");
}

TEST(ListRuns, OldestFirstWithWhatEachHolds) {
  tests::ScriptedClient scripted;
  scripted.transport.answer(200, "[" + container("a", "young", current_owner().text()) + "]")
      .answer(200, "[]")
      .answer(200, fmt::format(R"({{"Volumes":[{{"Name":"v","CreatedAt":"1970-01-01T00:01:00+00:00",{}}}]}})",
                               labels("v", "old", dead_owner())));
  const auto runs = list_runs(scripted.client, LivenessCheck(), soon());
  ASSERT_TRUE(runs);
  ASSERT_EQ(runs->size(), 2u);
  EXPECT_EQ(runs->at(0).run.text(), "old");
  EXPECT_EQ(runs->at(0).since(), 60);
  EXPECT_EQ(runs->at(0).liveness, Liveness::dead);
  EXPECT_EQ(runs->at(0).count(ObjectKind::volume), 1u);
  EXPECT_EQ(runs->at(1).since(), 100);
  EXPECT_EQ(runs->at(1).liveness, Liveness::alive);
}

}  // namespace
}  // namespace executor::track
