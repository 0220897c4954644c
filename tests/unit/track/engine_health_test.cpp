#include "executor/track/engine_health.h"

#include <gtest/gtest.h>

#include "base/wait.h"
#include "tests/support/fake_engine.h"

namespace executor::track {
namespace {

using namespace std::chrono_literals;
using docker::ErrorKind;
using tests::soon;

docker::Error error_of(ErrorKind kind) {
  return {kind, 0, {}, "x"};
}

struct Watched {
  Watched() : health(scripted.client) {
    health.on_absence([this](const Absence& absence) { told.push_back(absence); });
  }
  tests::ScriptedClient scripted;
  EngineHealth health;
  std::vector<Absence> told;
};

TEST(EngineHealth, AsksNothingWhereThereIsNoDoubt) {
  Watched w;
  EXPECT_TRUE(w.health.await(10s, {}));
  EXPECT_TRUE(w.scripted.transport.requests.empty());
  EXPECT_TRUE(w.told.empty());
}

TEST(EngineHealth, OnlyErrorsThatMayBeItsOwnMakeItDoubted) {
  Watched w;
  for (const auto kind :
       {ErrorKind::refused, ErrorKind::cancelled, ErrorKind::malformed, ErrorKind::bad_input}) {
    w.health.note(error_of(kind));
    EXPECT_FALSE(w.health.is_doubted());
  }
  for (const auto kind : {ErrorKind::broken, ErrorKind::unreachable, ErrorKind::timed_out}) {
    Watched other;
    other.health.note(error_of(kind));
    EXPECT_TRUE(other.health.is_doubted());
  }
}

TEST(EngineHealth, AnswerEndsTheDoubtAndNothingIsTold) {
  Watched w;
  w.health.note(error_of(ErrorKind::broken));
  w.scripted.transport.answer(200, "OK");
  EXPECT_TRUE(w.health.await(10s, {}));
  EXPECT_FALSE(w.health.is_doubted());
  EXPECT_TRUE(w.told.empty());
}

TEST(EngineHealth, AbsenceIsToldOnceAtItsBeginningAndOnceAtItsEnd) {
  Watched w;
  w.health.note(error_of(ErrorKind::broken));
  w.scripted.transport.fail(ErrorKind::unreachable, "nobody listens")
      .fail(ErrorKind::unreachable)
      .answer(200, "OK");
  EXPECT_TRUE(w.health.await(60s, {}));
  ASSERT_EQ(w.told.size(), 2U);
  EXPECT_EQ(w.told[0].reason, "nobody listens");
  EXPECT_EQ(w.told[0].patience, 60s);
  EXPECT_TRUE(w.told[1].is_over);
}

TEST(EngineHealth, PatienceEnds) {
  Watched w;
  w.health.note(error_of(ErrorKind::broken));
  w.scripted.transport.fail(ErrorKind::unreachable, "nobody listens");
  EXPECT_EQ(w.health.await(0ms, {}).error().message, "nobody listens");
  EXPECT_TRUE(w.health.is_doubted());
}

TEST(EngineHealth, StopEndsTheWait) {
  Watched w;
  std::stop_source stop;
  stop.request_stop();
  w.health.note(error_of(ErrorKind::broken));
  w.scripted.transport.fail(ErrorKind::cancelled);
  EXPECT_FALSE(w.health.await(600s, stop.get_token()));
}

TEST(EngineHealth, CheckTakesNoteOfTheAnswer) {
  Watched w;
  w.scripted.transport.fail(ErrorKind::timed_out).answer(200, "OK");
  EXPECT_FALSE(w.health.check(soon()));
  EXPECT_TRUE(w.health.is_doubted());
  EXPECT_TRUE(w.health.check(soon()));
  EXPECT_FALSE(w.health.is_doubted());
}

TEST(EngineHealth, PulseCountsAnAbsence) {
  Watched w;
  EXPECT_EQ(w.health.absence(), 0ms);
  w.scripted.transport.fail(ErrorKind::unreachable).fail(ErrorKind::unreachable).answer(200, "OK");
  const Pulse pulse(w.health);
  for (int i = 0; i < 60'000 && w.health.absence() == 0ms; ++i) base::pause_for(1ms, {});
  EXPECT_GT(w.health.absence(), 0ms);
}

}  // namespace
}  // namespace executor::track
