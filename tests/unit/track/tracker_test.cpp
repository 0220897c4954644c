#include "executor/track/tracker.h"

#include <gtest/gtest.h>

#include "tests/support/fake_engine.h"

namespace executor::track {
namespace {

using docker::ErrorKind;
using tests::soon;

struct Tracked {
  Tracked() : tracker(scripted.client, RunId("0b0f2c0e-6a54-4d3c"), Owner{"boot", 1, 2, 3}) {}
  docker::Result<docker::CreatedContainer> create() {
    return tracker.create_container({}, {CaseId("f:1 writer=python"), ProcessName("writer")}, soon());
  }

  tests::ScriptedClient scripted;
  Tracker tracker;
};

std::string listed(const std::string& name, const std::string& label) {
  return R"([{"Id":"1","Names":["/)" + name + R"("],"Labels":{"io.cexec.name":")" + label + R"("}}])";
}

TEST(Tracker, NamesAndLabelsStandInTheRequestThatCreates) {
  Tracked t;
  t.scripted.transport.answer(201, R"({"Id":"c1"})");
  ASSERT_TRUE(t.create());
  EXPECT_EQ(t.scripted.transport.asked(0), "POST /v1.41/containers/create?name=cexec-0b0f2c0e-1-writer");
  const auto& body = t.scripted.transport.requests[0].body;
  for (const auto* label :
       {R"("io.cexec.case":"f:1 writer=python")", R"("io.cexec.name":"cexec-0b0f2c0e-1-writer")",
        R"("io.cexec.owner":"boot:1:2:3")", R"("io.cexec.process":"writer")",
        R"("io.cexec.run":"0b0f2c0e-6a54-4d3c")", R"("io.cexec.machine":")"}) {
    EXPECT_NE(body.find(label), std::string::npos) << label << " is not in " << body;
  }
}

/// Or the second's request would be taken for the first's, sent twice.
TEST(Tracker, SecondOneOfARunGivesOtherNames) {
  tests::ScriptedClient scripted;
  Tracker first(scripted.client, RunId("0b0f2c0e-6a54-4d3c"), Owner{"boot", 1, 2, 3});
  Tracker second(scripted.client, RunId("0b0f2c0e-6a54-4d3c"), Owner{"boot", 1, 2, 3}, "shell");
  for (auto* tracker : {&first, &second}) {
    scripted.transport.answer(201, R"({"Id":"c1"})");
    ASSERT_TRUE(tracker->create_container({}, {CaseId("f:1 w=p"), ProcessName("w")}, soon()));
  }
  EXPECT_EQ(scripted.transport.asked(0), "POST /v1.41/containers/create?name=cexec-0b0f2c0e-1-w");
  EXPECT_EQ(scripted.transport.asked(1), "POST /v1.41/containers/create?name=cexec-0b0f2c0e-shell1-w");
}

TEST(Tracker, ConflictWithOurOwnContainerIsSuccess) {
  Tracked t;
  t.scripted.transport
      .answer(409, R"({"message":"The container name \"/x\" is already in use by container \"c7\"."})")
      .answer(200,
              R"({"Id":"c7","Name":"/x","Config":{"Labels":{"io.cexec.name":"cexec-0b0f2c0e-1-writer"}}})");
  EXPECT_EQ(t.create()->id, "c7");
}

TEST(Tracker, ConflictWithSomebodyElsesContainerIsAnError) {
  Tracked t;
  t.scripted.transport
      .answer(409, R"({"message":"The container name \"/x\" is already in use by container \"c7\"."})")
      .answer(200, R"({"Id":"c7","Name":"/x","Config":{"Labels":{}}})");
  EXPECT_TRUE(t.create().error().is_status(409));
}

TEST(Tracker, CreationOfUnknownFateIsRemovedByName) {
  Tracked t;
  t.scripted.transport.fail(ErrorKind::timed_out).answer(204);
  EXPECT_EQ(t.create().error().kind, ErrorKind::timed_out);
  EXPECT_EQ(t.scripted.transport.asked(1), "DELETE /v1.41/containers/cexec-0b0f2c0e-1-writer?force=1&v=1");
}

TEST(Tracker, RefusedCreationLeavesNothingToRemove) {
  Tracked t;
  t.scripted.transport.answer(404, R"({"message":"No such image"})");
  EXPECT_TRUE(t.create().error().is_status(404));
  EXPECT_EQ(t.scripted.transport.requests.size(), 1u);
}

TEST(Tracker, ListLeavesOutWhatOnlyInheritedOurLabels) {
  Tracked t;
  t.scripted.transport.answer(200, listed("a", "a")).answer(200, "[]").answer(200, R"({"Volumes":null})");
  EXPECT_EQ(names_of(*t.tracker.list()), std::vector<std::string>{"a"});
  Tracked other;
  other.scripted.transport.answer(200, listed("a", "b")).answer(200, "[]").answer(200, R"({"Volumes":null})");
  EXPECT_TRUE(other.tracker.list()->empty());
}

TEST(Tracker, RemoveAllGoesOnUntilTheEngineShowsNothing) {
  Tracked t;
  auto& script = t.scripted.transport;
  script.answer(200, listed("a", "a"))
      .answer(200, R"([{"Id":"2","Name":"n","Labels":{"io.cexec.name":"n"}}])");
  script.answer(200, R"({"Volumes":[{"Name":"v","Labels":{"io.cexec.name":"v"}}]})");
  script.answer(500, "{}").answer(204).answer(204);  // the container's removal fails at first
  script.answer(200, listed("a", "a")).answer(200, "[]").answer(200, R"({"Volumes":null})").answer(204);
  script.answer(200, "[]").answer(200, "[]").answer(200, R"({"Volumes":null})");
  const auto left = t.tracker.remove_all(base::Deadline::in(std::chrono::seconds(20)));
  ASSERT_TRUE(left);
  EXPECT_TRUE(left->empty());
  EXPECT_EQ(script.asked(3), "DELETE /v1.41/containers/a?force=1&v=1");
  EXPECT_EQ(script.asked(4), "DELETE /v1.41/networks/n");
  EXPECT_EQ(script.asked(5), "DELETE /v1.41/volumes/v");
  EXPECT_EQ(script.requests.size(), 13u);
}

TEST(Tracker, RemoveAllPastItsDeadlineTellsWhatIsLeft) {
  Tracked t;
  t.scripted.transport.answer(200, listed("a", "a")).answer(200, "[]").answer(200, R"({"Volumes":null})");
  EXPECT_EQ(names_of(*t.tracker.remove_all(base::Deadline::in(std::chrono::seconds(-1)))),
            std::vector<std::string>{"a"});
}

TEST(Tracker, CaseThatLeftSomethingIsToldOfWhereItCannotBeRemoved) {
  Tracked t;
  t.scripted.transport.answer(200, listed("a", "a")).answer(500, R"({"message":"busy"})");
  EXPECT_EQ(t.tracker.check_case(CaseId("f:1 w=p"), false), std::vector<std::string>{"left behind: a: busy"});
  EXPECT_NE(t.scripted.transport.asked(0).find("io.cexec.case%3Df:1%20w%3Dp"), std::string::npos)
      << t.scripted.transport.asked(0);
}

TEST(Tracker, CaseIsAskedForNetworksAndVolumesWhereItHadSome) {
  Tracked t;
  t.scripted.transport.answer(200, "[]").answer(200, "[]").answer(200, R"({"Volumes":null})");
  EXPECT_TRUE(t.tracker.check_case(CaseId("f:1"), true).empty());
  EXPECT_EQ(t.scripted.transport.requests.size(), 3u);
}

TEST(Tracker, WhatAnotherAttemptAtTheCaseUsesIsNotLeft) {
  Tracked t;
  t.scripted.transport.answer(201, R"({"Id":"c1"})")
      .answer(200, listed("cexec-0b0f2c0e-1-writer", "cexec-0b0f2c0e-1-writer"));
  ASSERT_TRUE(t.create());
  EXPECT_TRUE(t.tracker.check_case(CaseId("f:1 writer=python"), false).empty());
}

TEST(Tracker, WhatAnAbsentEngineKeptIsRemovedLater) {
  Tracked t;
  t.scripted.transport.answer(201, R"({"Id":"c1"})").fail(ErrorKind::unreachable);
  ASSERT_TRUE(t.create());
  EXPECT_FALSE(t.tracker.remove_container("c1"));
  EXPECT_TRUE(t.tracker.health().is_doubted());
  EXPECT_EQ(
      t.tracker.check_case(CaseId("f:1 writer=python"), false),
      std::vector<std::string>{"whether something of it is left is not known: the engine does not answer"});
  t.scripted.transport.answer(204);
  t.tracker.remove_left();
  EXPECT_EQ(t.scripted.transport.asked(2), "DELETE /v1.41/containers/cexec-0b0f2c0e-1-writer?force=1&v=1");
  t.tracker.remove_left();
  EXPECT_EQ(t.scripted.transport.requests.size(), 3u);  // it is gone
}

TEST(Owner, IsThisProcess) {
  const auto owner = current_owner();
  EXPECT_EQ(owner.pid, ::getpid());
  EXPECT_EQ(owner.boot_id.size(), 36u);
  EXPECT_GT(owner.start_time, 0u);
  EXPECT_GT(owner.pid_namespace, 0u);
  EXPECT_EQ(owner.text(), current_owner().text());
}

}  // namespace
}  // namespace executor::track
