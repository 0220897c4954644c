// What cexec adds to one step: a step on a live instance against a bare write and read on the same kind of
// attached stream, of the same server, interleaved in one run. Prints the ratio of the medians.
//
//     scripts/bench        needs an engine and the image of the platform `cpp`
#include <benchmark/benchmark.h>
#include <poll.h>

#include <cstdio>

#include "base/io_loop.h"
#include "base/wait.h"
#include "docker/attach.h"
#include "docker/container_lifecycle.h"
#include "executor/instance/container_server.h"
#include "executor/instance/container_spec.h"
#include "executor/instance/instance.h"
#include "executor/instance/start_gate.h"
#include "tests/bench/cpp_platform.h"
#include "tests/bench/medians.h"
#include "tests/support/temp_folder.h"

namespace {

using namespace executor;
using namespace std::chrono_literals;

docker::ContainerSpec cpp_spec() {
  instance::Surroundings around;
  around.process = model::ProcessName("writer");
  around.image_id = tests::cpp_image().id;
  around.limits = tests::cpp_platform().limits;
  return instance::container_spec(tests::cpp_platform(), around);
}

instance::StepCall step() {
  instance::StepCall call;
  call.process = model::ProcessName("writer");
  call.type = "when";
  call.step = "does what no server knows";  // the cheapest answer there is
  call.scenario = "round trip";
  call.correlation_id = "b0c3a7de-5a2e-4f0b-8a55-1d7b0a2a4c77";
  call.timeout_ms = 30000;
  return call;
}

/// One container whose stream is written and read by this thread, with nothing in between.
class Raw {
 public:
  Raw() {
    const auto id = containers_.create(cpp_spec());
    stream_ = docker::attach_container(tests::engine(), id, tests::patient()).value();
    tests::must(docker::start_container(tests::engine(), id, tests::patient()));
  }
  void round_trip() {
    const auto request =
        R"({"jsonrpc":"2.0","id":1,"method":"executeStep","params":)" + instance::step_params(step()) + "}\n";
    tests::must(stream_->write(request, tests::patient()));
    bool answered = false;
    const auto sink = [&answered](docker::StdStream, std::string_view bytes) {
      answered = bytes.ends_with('\n');
    };
    while (!answered) {
      base::wait_for(stream_->fd(), POLLIN, tests::patient().deadline, {});
      stream_->read(sink);
    }
  }

 private:
  tests::Containers containers_;
  std::unique_ptr<docker::AttachedStream> stream_;
};

/// One instance as a run has it: its stream is read by the loop's thread, its messages are checked and
/// written to the transcript.
class Live {
 public:
  Live() : instance_({model::ProcessName("writer"), model::PlatformName("cpp")}, server(), evidence_) {
    if (!instance_.start(tests::patient().deadline, 60s, {})) std::abort();
  }
  void round_trip() { instance_.execute(step(), {base::Deadline::in(30s), "the step", 30s}, {}); }

 private:
  std::unique_ptr<instance::Server> server() {
    return std::make_unique<instance::ContainerServer>(
        tracker_, loop_, cpp_spec(), track::Belonging{model::CaseId("bench"), model::ProcessName("writer")},
        model::PlatformImage{model::PlatformName("cpp"), "cpp", {}}, gate_, nullptr);
  }

  track::Tracker tracker_{tests::engine(), model::RunId("bench"), track::current_owner()};
  base::IoLoop loop_;
  instance::StartGate gate_;
  tests::TempFolder folder_;
  instance::Evidence evidence_{
      std::make_shared<instance::Log>("", base::Clock::now()),
      std::make_shared<instance::Transcript>(folder_.path() / "transcript.jsonl", base::Clock::now())};
  instance::Instance instance_;
};

template <class Kind>
void round_trip(benchmark::State& state) {
  static Kind kind;
  for (auto _ : state) kind.round_trip();
}
// Real time: a round trip is spent waiting, of which the time of the processor knows nothing.
BENCHMARK(round_trip<Raw>)->Name("raw write and read")->Unit(benchmark::kMicrosecond)->UseRealTime();
BENCHMARK(round_trip<Live>)->Name("step on an instance")->Unit(benchmark::kMicrosecond)->UseRealTime();

}  // namespace

int main(int argc, char** argv) {
  tests::Medians medians;
  tests::run_interleaved(argc, argv, "30", "0.1", medians);
  const double raw = medians.median("raw write and read");
  const double live = medians.median("step on an instance");
  std::printf(
      "raw write and read   %7.1f us\nstep on an instance  %7.1f us\nratio                %7.2f  (budget "
      "1.15)\n",
      raw, live, live / raw);
}
