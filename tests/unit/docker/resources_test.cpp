#include <gtest/gtest.h>

#include "docker/events.h"
#include "docker/networks.h"
#include "docker/volumes.h"
#include "tests/support/fake_engine.h"

namespace docker {
namespace {

using tests::ScriptedClient;
using tests::soon;

TEST(CreateNetwork, IsInternalAndGivesTheId) {
  ScriptedClient scripted;
  scripted.transport.answer(201, R"({"Id":"n1"})").answer(201, "{}");
  EXPECT_EQ(create_network(scripted.client, {.name = "net", .labels = {{"k", "v"}}}, soon()).value(), "n1");
  EXPECT_EQ(scripted.transport.requests[0].body,
            R"({"Name":"net","Driver":"bridge","Internal":true,"CheckDuplicate":true,"Labels":{"k":"v"}})");
  EXPECT_FALSE(create_network(scripted.client, {.name = "net"}, soon()));
}

TEST(RemoveNetwork, MissingIsFineInUseIsNot) {
  ScriptedClient scripted;
  scripted.transport.answer(404, "{}").answer(403, R"({"message":"has active endpoints"})");
  EXPECT_TRUE(remove_network(scripted.client, "n1", soon()));
  EXPECT_TRUE(remove_network(scripted.client, "n1", soon()).error().is_status(403));
}

TEST(CreateVolume, TmpfsOptionsAreTheLocalDrivers) {
  ScriptedClient scripted;
  scripted.transport.answer(201, "{}");
  EXPECT_TRUE(create_volume(scripted.client, tmpfs_volume("v", 1024, {}), soon()));
  EXPECT_EQ(scripted.transport.requests[0].body,
            R"({"Name":"v","Driver":"local","DriverOpts":{"device":"tmpfs",)"
            R"("o":"size=1024,mode=0777,nosuid,nodev","type":"tmpfs"}})");
}

TEST(ListVolumes, NoneIsNullInTheAnswer) {
  ScriptedClient scripted;
  scripted.transport.answer(200, R"({"Volumes":null,"Warnings":null})")
      .answer(200, R"({"Volumes":[{"Name":"v","Labels":{"k":"v"}},{"Name":"w","Labels":null}]})");
  EXPECT_TRUE(list_volumes(scripted.client, {"k"}, soon())->empty());
  EXPECT_EQ(list_volumes(scripted.client, {"k"}, soon())->at(1).name, "w");
}

TEST(ListNetworks, ReadsNamesAndLabels) {
  ScriptedClient scripted;
  scripted.transport.answer(200, R"([{"Id":"1","Name":"n","Labels":{"k":"v"}}])");
  EXPECT_EQ(list_networks(scripted.client, {"k=v"}, soon())->at(0).labels.at("k"), "v");
}

const std::string kEvents =
    R"({"Type":"container","Action":"start","Actor":{"ID":"c1","Attributes":{"name":"x"}},"timeNano":5})"
    "\n"
    R"({"Type":"container","Action":"die","Actor":{"ID":"c1","Attributes":{}},"timeNano":6})"
    "\n";

TEST(FollowEvents, HandsThemOnUntilTheStreamEnds) {
  ScriptedClient scripted;
  scripted.transport.answer(200, kEvents);
  std::vector<std::string> actions;
  const auto followed = follow_events(
      scripted.client, {.filters = {{"type", {"container"}}}, .until = "9"},
      [&](const EngineEvent& event) {
        actions.push_back(event.action);
        return true;
      },
      soon());
  EXPECT_TRUE(followed);
  EXPECT_EQ(actions, (std::vector<std::string>{"start", "die"}));
}

TEST(FollowEvents, ListenerThatHasEnoughEndsItWithSuccess) {
  ScriptedClient scripted;
  scripted.transport.answer(200, kEvents);
  int seen = 0;
  EXPECT_TRUE(follow_events(
      scripted.client, {}, [&](const EngineEvent&) { return ++seen < 1; }, soon()));
  EXPECT_EQ(seen, 1);
}

}  // namespace
}  // namespace docker
