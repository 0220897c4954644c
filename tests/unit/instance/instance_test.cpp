#include "executor/instance/instance.h"

#include <gtest/gtest.h>

#include "base/wait.h"
#include "tests/support/fake_server.h"
#include "tests/support/temp_folder.h"

namespace executor::instance {
namespace {

using namespace std::chrono_literals;
using model::EndedBy;
using tests::Behaviour;

/// A step's result as JSON, whatever the method.
Behaviour answering(const std::string& result) {
  Behaviour behaviour;
  behaviour.answer = [result](const std::string& method, const std::string&) -> std::optional<std::string> {
    return method == "executeStep" ? result : std::string();
  };
  return behaviour;
}

class Live {
 public:
  explicit Live(Behaviour behaviour = {}, milliseconds grace = 20ms) {
    Identity identity;
    identity.process = model::ProcessName("writer");
    identity.platform = model::PlatformName("python");
    identity.grace = grace;
    identity.term_time = 20ms;
    identity.memory_limit = std::int64_t{64} << 20;
    auto owned = std::make_unique<tests::FakeServer>("writer", std::move(behaviour), diary);
    server = owned.get();
    instance = std::make_unique<Instance>(identity, std::move(owned), evidence);
  }

  tl::expected<Health, Error> start(milliseconds limit = 20s) {
    return instance->start(base::Deadline::in(limit), limit, {});
  }
  model::Outcome step(milliseconds limit = 20s) {
    StepCall call;
    call.step = "writes";
    return instance->execute(call, {base::Deadline::in(limit), "the step", limit}, {}).outcome;
  }
  /// Started, and then the outcome of one step.
  model::Outcome first_step(milliseconds limit = 20s) {
    EXPECT_TRUE(start());
    return step(limit);
  }
  model::Outcome stop() { return instance->finish_stop(warning); }
  [[nodiscard]] bool did(const std::string& what) const {
    const auto lines = diary.lines();
    return std::find(lines.begin(), lines.end(), "writer: " + what) != lines.end();
  }

  tests::Diary diary;
  Evidence evidence{std::make_shared<Log>("", base::Clock::now()),
                    std::make_shared<Transcript>("", base::Clock::now())};
  tests::FakeServer* server;
  std::unique_ptr<Instance> instance;
  std::string warning;
};

template <class T>
T as(const model::Outcome& outcome) {
  if (const auto* value = std::get_if<T>(&outcome)) return *value;
  ADD_FAILURE() << "it is " << model::name_of(outcome) << ": " << model::message_of(outcome);
  return {};
}

TEST(InstanceStart, IsReadyAtTheFirstAnswer) {
  Live live;
  const auto health = live.start();
  ASSERT_TRUE(health);
  EXPECT_EQ(health->capabilities, std::vector<std::string>{"fast"});
}

TEST(InstanceStart, TimeForWhichTheEngineIsAwayIsNotItsOwn) {
  Behaviour late;
  auto asked = std::make_shared<int>(0);
  late.answer = [asked](const std::string&, const std::string&) -> std::optional<std::string> {
    return ++*asked > 3 ? std::optional<std::string>("") : std::nullopt;
  };
  late.absence = [asked] { return *asked > 0 ? milliseconds(60s) : 0ms; };
  Live live(late);
  EXPECT_TRUE(live.start(50ms));
}

TEST(InstanceStart, AsksAgainUntilItAnswers) {
  Behaviour slow;
  slow.answer = [asked = 0](const std::string& method,
                            const std::string&) mutable -> std::optional<std::string> {
    if (method == "health" && ++asked < 3) return std::nullopt;
    return "";
  };
  EXPECT_TRUE(Live(slow).start());
}

TEST(InstanceStart, AsksAgainWhileItIsNotReady) {
  Behaviour starting;
  starting.answer = [asked = 0](const std::string& method,
                                const std::string&) mutable -> std::optional<std::string> {
    if (method == "health" && ++asked < 2) return R"({"status":"starting"})";
    return "";
  };
  EXPECT_TRUE(Live(starting).start());
  starting.answer = [](const std::string&, const std::string&) -> std::optional<std::string> {
    return R"({"status":"starting"})";
  };
  EXPECT_EQ(Live(starting).start(30ms).error().reason,
            "the 'writer' server (python) did not answer `health` within 30ms; it says 'starting'");
}

TEST(InstanceStart, SilenceAndHalfAnswersAreTold) {
  Behaviour silent;
  silent.answer = [](const std::string&, const std::string&) { return std::optional<std::string>(); };
  EXPECT_EQ(Live(silent).start(30ms).error().reason,
            "the 'writer' server (python) did not answer `health` within 30ms");
  Behaviour half;
  half.raw = [](const std::string&, std::int64_t) { return std::string("{\"jso"); };
  EXPECT_TRUE(Live(half).start(30ms).error().reason.ends_with("; wrote 5 bytes and no newline: {\"jso"));
}

TEST(InstanceStart, GarbageIsToldAndKills) {
  Behaviour garbage;
  garbage.raw = [](const std::string&, std::int64_t) { return std::string("Hello\n"); };
  Live live(garbage);
  EXPECT_TRUE(
      live.start().error().reason.starts_with("the 'writer' server (python) was never ready: it wrote a line "
                                              "that is no JSON"));
  EXPECT_TRUE(live.did("SIGKILL"));
}

TEST(InstanceStart, EndBeforeItIsReadyNamesTheExitCode) {
  Behaviour dying;
  dying.exit_on_start = Exit{127, false};
  Live live(dying);
  EXPECT_EQ(live.start().error().reason,
            "the 'writer' server (python) ended before it was ready, with exit code 127");
  EXPECT_EQ(live.instance->report().tail(Source::stderr_text), std::vector<std::string>{"cannot start"});
  EXPECT_EQ(live.instance->report().ended_by, EndedBy::itself);
}

TEST(InstanceStart, AnotherProtocolVersionIsNotUsable) {
  Behaviour newer;
  newer.answer = [](const std::string&, const std::string&) -> std::optional<std::string> {
    return R"({"status":"ok","protocol":2})";
  };
  EXPECT_EQ(Live(newer).start().error().reason,
            "the 'writer' server (python) is not usable: it speaks protocol 2, and this cexec speaks 1");
}

TEST(InstanceExecute, ResultsBecomeOutcomes) {
  EXPECT_TRUE(model::is_passed(Live().first_step()));
  EXPECT_TRUE(model::is_passed(Live(answering(R"({"success":true,"status":"passed"})")).first_step()));
  const auto failed = as<model::Failed>(
      Live(
          answering(
              R"({"success":false,"error":{"message":"m","type":"T","stack":"s","expected":1,"actual":"b"}})"))
          .first_step());
  EXPECT_EQ(failed.message, "m");
  EXPECT_EQ(failed.expected, "1");
  EXPECT_EQ(failed.actual, "b");
  as<model::Undefined>(Live(answering(R"({"success":false,"status":"undefined"})")).first_step());
  as<model::Pending>(Live(answering(R"({"success":true,"status":"pending"})")).first_step());
  as<model::Skipped>(Live(answering(R"({"success":false,"status":"skipped"})")).first_step());
}

TEST(InstanceExecute, WrongResultsAreViolationsAndKill) {
  for (const auto* result :
       {R"({})", R"({"success":1})", R"({"success":true,"status":"failed"})",
        R"({"success":false,"status":"passed"})", R"({"success":true,"status":"undefined"})",
        R"({"success":true,"status":7})", R"([])"}) {
    Live live{answering(result)};
    as<model::ProtocolViolation>(live.first_step());
    EXPECT_TRUE(live.did("SIGKILL")) << result;
  }
}

TEST(InstanceExecute, JsonRpcErrorsAreFailuresUnlessItDidNotUnderstand) {
  const auto with_code = [](int code) {
    Behaviour behaviour;
    behaviour.raw = [code](const std::string& method, std::int64_t id) {
      if (method != "executeStep") return std::string();
      return "{\"jsonrpc\":\"2.0\",\"id\":" + std::to_string(id) +
             ",\"error\":{\"code\":" + std::to_string(code) + ",\"message\":\"oops\"}}\n";
    };
    return Live(behaviour).first_step();
  };
  EXPECT_EQ(as<model::Failed>(with_code(-32603)).type, "JSON-RPC error -32603");
  as<model::ProtocolViolation>(with_code(-32601));
}

TEST(InstanceExecute, NoAnswerTimesOutAndKills) {
  Behaviour half;
  half.raw = [](const std::string& method, std::int64_t) {
    return std::string(method == "executeStep" ? "{\"half" : "");
  };
  Live live(half);
  const auto timed_out = as<model::TimedOut>(live.first_step(20ms));
  EXPECT_EQ(timed_out.what, "the step");
  EXPECT_EQ(timed_out.detail, "wrote 6 bytes and no newline: {\"half");
  EXPECT_TRUE(live.did("SIGKILL"));
  EXPECT_EQ(live.instance->report().ended_by, EndedBy::sigkill);
}

TEST(InstanceExecute, EndWithinAStepIsExitedOrKilledForMemory) {
  Behaviour crashing;
  crashing.exit_on_step = Exit{139, false};
  const auto exited = as<model::Exited>(Live(crashing).first_step());
  EXPECT_EQ(exited.code, 139);
  EXPECT_EQ(exited.detail, "while the step ran");
  crashing.exit_on_step = Exit{137, true};
  EXPECT_EQ(as<model::KilledForMemory>(Live(crashing).first_step()).limit, std::int64_t{64} << 20);
}

TEST(InstanceExecute, BrokenStreamIsNotTheServersFault) {
  Behaviour broken;
  Live live;
  ASSERT_TRUE(live.start());
  live.server->output().on_end("the connection broke");
  const auto outcome = as<model::CouldNotRun>(live.step());
  EXPECT_EQ(outcome.reason, "the streams of the 'writer' server (python) broke: the connection broke");
}

/// Gives no answer, and the engine gives none either.
Behaviour behind_a_hung_engine() {
  Behaviour behaviour;
  behaviour.answer = [](const std::string& method, const std::string&) -> std::optional<std::string> {
    if (method == "health") return std::string();
    return std::nullopt;
  };
  behaviour.ends_on_end_of_input = false;
  behaviour.check = []() -> tl::expected<void, Error> {
    return tl::unexpected(Error{"the engine does not answer", "wait", false, true});
  };
  return behaviour;
}

TEST(InstanceExecute, SilenceOfTheEngineIsNotTheServers) {
  Live live(behind_a_hung_engine());
  EXPECT_EQ(as<model::CouldNotRun>(live.first_step(20ms)).reason, "the engine does not answer");
  EXPECT_FALSE(live.did("SIGKILL"));  // which would only wait for the engine again
  EXPECT_EQ(as<model::CouldNotRun>(live.stop()).reason, "the engine does not answer");
}

TEST(InstanceExecute, TimeThatTheEngineWasAwayIsGivenBack) {
  auto behaviour = behind_a_hung_engine();
  auto asked = std::make_shared<int>(0);
  behaviour.check = [asked]() -> tl::expected<void, Error> {
    if (++*asked == 1) base::pause_for(600ms, {});
    return {};
  };
  Live live(behaviour);
  as<model::TimedOut>(live.first_step(20ms));
  EXPECT_GE(*asked, 2);  // it was waited for once more, and the server did not answer then either
}

TEST(InstanceStop, SilenceOfTheEngineIsNotTheServers) {
  Live live(behind_a_hung_engine());
  ASSERT_TRUE(live.start());
  EXPECT_EQ(as<model::CouldNotRun>(live.stop()).hint, "wait");
}

TEST(InstanceStop, CancelledOneHasNoMoreGrace) {
  auto behaviour = behind_a_hung_engine();
  behaviour.check = nullptr;
  Live live(behaviour, 600s);
  ASSERT_TRUE(live.start());
  std::stop_source stop;
  stop.request_stop();
  as<model::Cancelled>(live.instance->finish_stop(live.warning, stop.get_token()));
  EXPECT_TRUE(live.did("SIGKILL"));
}

TEST(InstanceStop, OrderlyEndPasses) {
  Live live;
  ASSERT_TRUE(live.start());
  EXPECT_TRUE(model::is_passed(live.stop()));
  EXPECT_EQ(live.warning, "");
  EXPECT_EQ(live.instance->report().ended_by, EndedBy::shutdown);
  EXPECT_EQ(live.instance->report().exit_code, 0);
  EXPECT_FALSE(live.did("SIGTERM"));
}

TEST(InstanceStop, EndOfInputIsEnough) {
  Behaviour deaf;
  deaf.ends_on_shutdown = false;
  Live live(deaf);
  ASSERT_TRUE(live.start());
  EXPECT_TRUE(model::is_passed(live.stop()));
  EXPECT_FALSE(live.did("SIGTERM"));
}

TEST(InstanceStop, EndOnSigtermPassesWithAWarning) {
  Behaviour stubborn;
  stubborn.ends_on_shutdown = stubborn.ends_on_end_of_input = false;
  Live live(stubborn);
  ASSERT_TRUE(live.start());
  EXPECT_TRUE(model::is_passed(live.stop()));
  EXPECT_EQ(live.warning, "the 'writer' server (python) ended only on SIGTERM, 20ms after shutdown");
}

TEST(InstanceStop, HavingToBeKilledIsAViolation) {
  Behaviour immortal;
  immortal.ends_on_shutdown = immortal.ends_on_end_of_input = immortal.ends_on_sigterm = false;
  Live live(immortal);
  ASSERT_TRUE(live.start());
  as<model::ProtocolViolation>(live.stop());
  EXPECT_TRUE(live.did("SIGKILL"));
}

TEST(InstanceStop, OtherExitCodeThanZeroIsExited) {
  Behaviour dirty;
  dirty.exit_on_shutdown = 23;
  Live live(dirty);
  ASSERT_TRUE(live.start());
  EXPECT_EQ(as<model::Exited>(live.stop()).detail, "at shutdown, where 0 is expected");
}

TEST(InstanceStop, OneThatEndedBetweenTheStepsIsExited) {
  Live live;
  ASSERT_TRUE(live.start());
  live.server->end({0, false});
  EXPECT_EQ(as<model::Exited>(live.stop()).detail, "between the steps");
  EXPECT_FALSE(live.did("shutdown"));
}

TEST(InstanceLogs, StderrLogsAndNoiseAreMergedInTheFile) {
  const tests::TempFolder folder;
  const Evidence evidence{
      std::make_shared<Log>(folder.path() / "python-writer.log", base::Clock::now()),
      std::make_shared<Transcript>(folder.path() / "transcript.jsonl", base::Clock::now())};
  tests::Diary diary;
  auto server = std::make_unique<tests::FakeServer>(
      "writer", answering(R"({"success":true,"logs":["[WARN] careful","plain"]})"), diary);
  auto* raw = server.get();
  Identity identity;
  identity.process = model::ProcessName("writer");
  identity.platform = model::PlatformName("python");
  Instance instance(identity, std::move(server), evidence);
  ASSERT_TRUE(instance.start(base::Deadline::in(20s), 20s, {}));
  raw->output().on_stderr("half a ");
  raw->output().on_stdout(
      "{\"jsonrpc\":\"2.0\",\"method\":\"log\",\"params\":{\"level\":\"info\",\"message\":\"now\"}}\n");
  raw->output().on_stderr("line\n");
  instance.execute({}, {base::Deadline::in(20s), "the step", 20s}, {});
  std::string warning;
  instance.finish_stop(warning);
  std::string text = tests::read_file(folder.path() / "python-writer.log");
  for (std::size_t at = 0; (at = text.find('+', at)) != std::string::npos;)
    text.erase(at, text.find(' ', at) - at + 1);
  EXPECT_EQ(text,
            "cexec  started from image:1\nlog    info now\nstderr half a line\nlog    WARN careful\n"
            "log    INFO plain\ncexec  ended with exit code 0\n");
  const auto messages = tests::read_file(folder.path() / "transcript.jsonl");
  EXPECT_EQ(std::count(messages.begin(), messages.end(), '\n'), 6);
  EXPECT_NE(
      messages.find(R"("process":"writer","platform":"python","direction":"request","message":{"jsonrpc")"),
      std::string::npos);
}

}  // namespace
}  // namespace executor::instance
