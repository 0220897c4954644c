#include "executor/instance/container_server.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "executor/instance/instance.h"
#include "tests/support/played_engine.h"

namespace executor::instance {
namespace {

using namespace std::chrono_literals;

/// How one life went: started, one step, stopped.
struct Life {
  std::string start_error;  ///< empty: it started
  model::Outcome step;
  model::Outcome stop;
};

class Played {
 public:
  explicit Played(tests::PlayedEngine::Streams streams)
      : engine(streams), client(engine.client()), tracker(client, model::RunId(base::random_uuid()), {}) {}

  Life live() {
    const Evidence evidence{std::make_shared<Log>("", base::Clock::now()),
                            std::make_shared<Transcript>("", base::Clock::now())};
    Identity identity;
    identity.process = model::ProcessName("w");
    identity.platform = model::PlatformName("p");
    identity.grace = 20ms;
    identity.term_time = 20ms;
    Instance instance(
        identity,
        std::make_unique<ContainerServer>(tracker, loop, docker::ContainerSpec{},
                                          track::Belonging{model::CaseId("f:1 w=p"), identity.process},
                                          model::PlatformImage{{}, "image:1", {}}, gate, nullptr),
        evidence);
    Life life;
    const auto health = instance.start(base::Deadline::in(20s), 20s, {});
    if (!health) {
      life.start_error = health.error().reason;
      return life;
    }
    StepCall call;
    call.step = "writes";
    life.step = instance.execute(call, {base::Deadline::in(20s), "the step", 20s}, {}).outcome;
    std::string warning;
    life.stop = instance.finish_stop(warning);
    return life;
  }

  tests::PlayedEngine engine;
  docker::Client client;
  track::Tracker tracker;
  base::IoLoop loop;
  StartGate gate;
};

TEST(ContainerServer, WholeLifePassesAndLeavesNothing) {
  Played played({});
  const auto life = played.live();
  EXPECT_EQ(life.start_error, "");
  EXPECT_TRUE(model::is_passed(life.step)) << model::message_of(life.step);
  EXPECT_TRUE(model::is_passed(life.stop)) << model::message_of(life.stop);
  EXPECT_EQ(played.engine.containers(), 0U);
}

TEST(ContainerServer, OneByteAtATimeIsTheSame) {
  Played played({SIZE_MAX, 1});
  const auto life = played.live();
  EXPECT_EQ(life.start_error, "");
  EXPECT_TRUE(model::is_passed(life.step));
}

/// Whichever byte is the last: an error with words, or success; never a server's fault, and nothing left.
TEST(ContainerServer, StreamCutAtEveryByteIsNeverTheServersFault) {
  Played whole({});
  whole.live();
  const auto all = whole.engine.sent();
  ASSERT_GT(all, 100U);
  std::size_t passed = 0;
  for (std::size_t cut = 0; cut <= all; ++cut) {
    Played played({cut, SIZE_MAX});
    const auto life = played.live();
    EXPECT_EQ(played.engine.containers(), 0U) << cut;
    if (!life.start_error.empty()) continue;
    const bool is_right =
        model::is_passed(life.step) || std::holds_alternative<model::CouldNotRun>(life.step);
    EXPECT_TRUE(is_right) << cut << ": " << model::name_of(life.step) << ": " << model::message_of(life.step);
    if (model::is_passed(life.step)) {
      ++passed;
    } else {
      EXPECT_NE(model::message_of(life.step), "");
    }
  }
  EXPECT_GT(passed, 0U);
}

}  // namespace
}  // namespace executor::instance
