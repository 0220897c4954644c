// docker/ against the real engine: the life of a container.
#include <gtest/gtest.h>
#include <poll.h>

#include <thread>

#include "base/wait.h"
#include "docker/attach.h"
#include "docker/container_create.h"
#include "docker/container_inspect.h"
#include "docker/container_lifecycle.h"
#include "docker/container_logs.h"
#include "docker/container_stats.h"
#include "docker/exit_watch.h"
#include "tests/support/engine.h"

namespace docker {
namespace {

using tests::Containers;
using tests::engine;
using tests::patient;
using tests::shell;

struct Output {
  std::string out;
  std::string err;

  /// Reads until `done` or the end.
  AttachedStream::State read(
      AttachedStream& stream, const std::function<bool()>& done = [] { return false; }) {
    const auto sink = [this](StdStream which, std::string_view bytes) {
      (which == StdStream::out ? out : err).append(bytes);
    };
    auto state = stream.read(sink);
    while (state == AttachedStream::State::open && !done()) {
      if (base::wait_for(stream.fd(), POLLIN, patient().deadline, {}) != base::Waited::ready) break;
      state = stream.read(sink);
    }
    return state;
  }
};

std::int64_t wait_for_exit(ExitWatch& watch) {
  auto status = watch.poll();
  while (status && !*status) {
    if (base::wait_for(watch.fd(), POLLIN, patient().deadline, {}) != base::Waited::ready) break;
    status = watch.poll();
  }
  if (!status) throw std::runtime_error(status.error().describe());
  return status->value().code;
}

/// Created, attached, watched and started.
struct Started {
  explicit Started(ContainerSpec spec) : id(containers.create(std::move(spec))) {
    stream = attach_container(engine(), id, patient()).value();
    watch = watch_exit(engine(), id, patient()).value();
    tests::must(start_container(engine(), id, patient()));
  }
  Containers containers;
  std::string id;
  std::unique_ptr<AttachedStream> stream;
  std::unique_ptr<ExitWatch> watch;
};

TEST(EngineContainers, TalksBothWaysAndTellsTheExitCode) {
  Started c(shell("echo ready >&2; cat; echo done; exit 7"));
  EXPECT_TRUE(c.stream->write("to stdin\n", patient()));
  c.stream->close_stdin();
  Output output;
  EXPECT_EQ(output.read(*c.stream), AttachedStream::State::ended);
  EXPECT_EQ(output.out, "to stdin\ndone\n");
  EXPECT_EQ(output.err, "ready\n");
  EXPECT_EQ(wait_for_exit(*c.watch), 7);
  const auto details = inspect_container(engine(), c.id, patient());
  ASSERT_TRUE(details);
  EXPECT_EQ(details->exit_code, 7);
  EXPECT_EQ(details->status, "exited");
  EXPECT_TRUE(details->image_id.starts_with("sha256:"));
}

TEST(EngineContainers, OutputOfOneThatExitsAtOnceIsWhole) {
  for (int i = 0; i < 5; ++i) {
    Started c(shell("seq 1 20000; exit 3"));
    Output output;
    EXPECT_EQ(output.read(*c.stream), AttachedStream::State::ended);
    EXPECT_TRUE(output.out.ends_with("\n20000\n"));
    EXPECT_EQ(output.out.size(), 108894u);
    EXPECT_EQ(wait_for_exit(*c.watch), 3);
  }
}

TEST(EngineContainers, LargeInputArrivesWhole) {
  Started c(shell("wc -c"));
  EXPECT_TRUE(c.stream->write(std::string(std::size_t{8} << 20, 'x'), patient()));
  c.stream->close_stdin();
  Output output;
  output.read(*c.stream);
  EXPECT_EQ(output.out, "8388608\n");
}

TEST(EngineContainers, KilledForMemoryIsFlagged) {
  auto spec = shell("tail -c 200m /dev/zero | wc -c; exec tail /dev/zero");
  spec.host.memory = std::int64_t{32} << 20;
  Started c(std::move(spec));
  EXPECT_EQ(wait_for_exit(*c.watch), 137);
  EXPECT_TRUE(inspect_container(engine(), c.id, patient())->oom_killed);
}

TEST(EngineContainers, SignalsReachIt) {
  Started c(shell("trap 'echo got TERM; exit 9' TERM; echo ready; while :; do sleep 0.05; done"));
  Output output;
  output.read(*c.stream, [&] { return output.out == "ready\n"; });
  EXPECT_TRUE(kill_container(engine(), c.id, "SIGTERM", patient()));
  EXPECT_EQ(wait_for_exit(*c.watch), 9);
  EXPECT_TRUE(kill_container(engine(), c.id, "SIGKILL", patient()));  // it has ended already
}

TEST(EngineContainers, StopKillsWhatIgnoresIt) {
  Started c(shell("trap '' TERM; echo ready; while :; do sleep 0.05; done"));
  Output output;
  output.read(*c.stream, [&] { return output.out == "ready\n"; });
  EXPECT_TRUE(stop_container(engine(), c.id, std::chrono::milliseconds(100), patient()));
  EXPECT_EQ(wait_for_exit(*c.watch), 137);
}

TEST(EngineContainers, RemovedWhileItRunsAndASecondTime) {
  Started c(shell("sleep 600"));
  EXPECT_TRUE(remove_container(engine(), c.id, patient()));
  EXPECT_TRUE(remove_container(engine(), c.id, patient()));
  EXPECT_TRUE(inspect_container(engine(), c.id, patient()).error().is_status(404));
  Output output;
  EXPECT_EQ(output.read(*c.stream), AttachedStream::State::ended);
}

TEST(EngineContainers, NameThatIsTakenNamesWhoHasIt) {
  Containers containers;
  auto spec = shell("true");
  spec.name = tests::unique_name("twin");
  const auto id = containers.create(spec);
  const auto twin = create_container(engine(), spec, patient());
  ASSERT_FALSE(twin);
  EXPECT_TRUE(twin.error().is_status(409));
  EXPECT_EQ(conflicting_container(twin.error()), id);
}

TEST(EngineContainers, MissingImageIs404) {
  auto spec = shell("true");
  spec.image = "cexec-test-no-such-image:1";
  spec.name = tests::unique_name("none");
  const auto created = create_container(engine(), spec, patient());
  ASSERT_FALSE(created);
  EXPECT_TRUE(created.error().is_status(404));
  EXPECT_NE(created.error().message.find("No such image"), std::string::npos);
}

TEST(EngineContainers, CommandThatDoesNotExistIsToldAtTheStart) {
  Containers containers;
  auto spec = shell("true");
  spec.entrypoint = {"/no/such/program"};
  const auto id = containers.create(std::move(spec));
  const auto started = start_container(engine(), id, patient());
  ASSERT_FALSE(started);
  EXPECT_NE(started.error().message.find("no such file or directory"), std::string::npos);
}

TEST(EngineContainers, ListedByLabelWhetherTheyRunOrNot) {
  Containers containers;
  auto spec = shell("true");
  const auto label = tests::unique_name("label");
  spec.labels["io.cexec.test.list"] = label;
  spec.name = tests::unique_name("listed");
  containers.create(spec);
  const auto list = list_containers(engine(), {"io.cexec.test.list=" + label}, patient());
  ASSERT_TRUE(list);
  ASSERT_EQ(list->size(), 1u);
  EXPECT_EQ(list->front().name, spec.name);
  EXPECT_EQ(list->front().state, "created");
}

TEST(EngineContainers, LogsOfADriverThatKeepsThem) {
  auto spec = shell("echo out; echo err >&2");
  spec.host.log_driver = "json-file";
  Started c(std::move(spec));
  wait_for_exit(*c.watch);
  std::string out;
  std::string err;
  EXPECT_TRUE(container_logs(
      engine(), c.id, {},
      [&](StdStream which, std::string_view bytes) { (which == StdStream::out ? out : err).append(bytes); },
      patient()));
  EXPECT_EQ(out, "out\n");
  EXPECT_EQ(err, "err\n");
  Started none(shell("true"));
  EXPECT_FALSE(container_logs(
      engine(), none.id, {}, [](StdStream, std::string_view) {}, patient()));
}

TEST(EngineContainers, StatsShowWhatItUses) {
  auto spec = shell("echo ready; exec sleep 600");
  spec.host.memory = std::int64_t{64} << 20;
  Started c(std::move(spec));
  Output output;
  output.read(*c.stream, [&] { return output.out == "ready\n"; });
  const auto stats = container_stats(engine(), c.id, patient());
  ASSERT_TRUE(stats) << stats.error().describe();
  EXPECT_EQ(stats->memory_limit, std::int64_t{64} << 20);
  EXPECT_GT(stats->pids, 0);
  EXPECT_GT(stats->cpu_nanoseconds, 0);
}

TEST(EngineContainers, CallUnderWayCanBeCancelled) {
  Started c(shell("sleep 600"));
  std::stop_source stop;
  std::jthread stopper([&stop] { stop.request_stop(); });
  const auto stopped =
      stop_container(engine(), c.id, std::chrono::minutes(5), {base::Deadline::never(), stop.get_token()});
  EXPECT_EQ(stopped.error().kind, ErrorKind::cancelled);
}

}  // namespace
}  // namespace docker
