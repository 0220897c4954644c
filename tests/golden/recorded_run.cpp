// Events that every reporter's golden test is fed: a run with each way that a case can end.
#include "tests/golden/recorded_run.h"

#include "executor/report/event_json.h"

namespace tests {

using namespace executor::model;
using namespace std::chrono_literals;

CaseReport report(const std::string& line, Outcome outcome) {
  CaseReport r;
  r.id = CaseId("features/ring.feature:" + line + " writer=python reader=cpp");
  r.feature = "Rings";
  r.scenario = "Frames arrive in order";
  r.location = {"features/ring.feature", static_cast<std::uint32_t>(std::stoul(line)), 0};
  r.combination = {{ProcessName("writer"), PlatformName("python")},
                   {ProcessName("reader"), PlatformName("cpp")}};
  r.tags = {"@ring"};
  r.started = std::chrono::milliseconds(1000 * std::stoul(line));
  r.outcome = std::move(outcome);
  r.duration = 412ms;
  r.artifacts = "test-artifacts/cases/x";
  r.rerun = "cexec --container-seq features/ring.feature:" + line + " --combo writer=python,reader=cpp";
  r.steps = {{{"features/ring.feature", 13, 5},
              "When ",
              "the 'writer' process writes 3 frames",
              ProcessName("writer"),
              Passed{},
              12ms,
              200ms},
             {{"features/ring.feature", 14, 5},
              "Then ",
              "the 'reader' process reads 3 frames",
              ProcessName("reader"),
              r.outcome,
              30ms,
              212ms}};
  return r;
}

CaseReport red(const std::string& line, Outcome outcome) {
  auto r = report(line, std::move(outcome));
  r.culprit_step = 1;
  r.culprit_process = ProcessName("reader");
  InstanceReport writer{ProcessName("writer"), PlatformName("python"), "cexec-python:1",
                        "sha256:83fc366b08e28f56"};
  writer.life = {10ms, 90ms, 150ms, 400ms};
  writer.measured_by = MeasuredBy::cgroup;
  writer.peak = {20 << 20, 90'000'000, 3, 4096, 0};
  writer.samples = {{100ms, {10 << 20, 30'000'000, 2, 4096, 0}}, {300ms, {20 << 20, 90'000'000, 3, 4096, 0}}};
  writer.ended_by = EndedBy::shutdown;
  writer.exit_code = 0;
  writer.lines = {{250ms, LogSource::log, "", "wrote 3 frames"}};
  InstanceReport reader{ProcessName("reader"), PlatformName("cpp"), "cexec-cpp:1", "sha256:123456789abcdef0"};
  reader.ended_by = EndedBy::sigkill;
  reader.exit_code = 137;
  reader.oom_killed = true;
  reader.lines = {{251ms, LogSource::stderr_text, "", "first"},
                  {252ms, LogSource::stderr_text, "", "second\ttabbed"}};
  reader.omitted_bytes = 5 << 20;
  r.instances = {writer, reader};
  r.warnings = {"the 'writer' server (python) ended only on SIGTERM, 5.0s after shutdown"};
  return r;
}

std::vector<Event> a_run() {
  std::vector<Event> events;
  events.push_back(Preparing{PlatformName("python"), "building from images/python", false});
  events.push_back(Preparing{PlatformName("python"), "Step 1/2 : FROM debian", true});
  events.push_back(Preparing{PlatformName("python"), "Get:1 some package", true});
  events.push_back(RunStarted{RunId("0b0f2c0e-6a54-4d3c-9d0c-0a8c1a8b5f11"),
                              "Docker Engine 20.10.24 (API 1.41)",
                              {{PlatformName("python"), "cexec-python:1", "sha256:83fc366b08e28f56"}},
                              12});
  std::size_t i = 0;
  const auto finish = [&](CaseReport r) {
    events.push_back(CaseStarted{r.id, i});
    events.push_back(CaseFinished{i++, std::move(r)});
  };
  finish(report("12", Passed{}));
  auto skipped = report("20", Skipped{"@skip"});
  skipped.steps.clear();
  finish(skipped);
  finish(red("30", Failed{"frame 2 has the wrong checksum", "AssertionError", "at a\nat b", "1c291ca3",
                          "two\nlines"}));
  finish(red("31", TimedOut{"the step", 30s, "wrote 40 bytes and no newline: {\"jso"}));
  finish(red("32", Exited{139, "while the step ran"}));
  finish(red("33", KilledForMemory{64 << 20}));
  finish(red("34", ProtocolViolation{"it wrote a line that is no JSON: Hello"}));
  finish(red("35", Undefined{"no step matches: reads 3 frmaes"}));
  finish(red("36", Pending{"later"}));
  auto unable = red("37", CouldNotRun{"the container could not be created: No such image: x", "build it"});
  unable.culprit_step.reset();
  unable.culprit_process.reset();
  unable.instances.clear();
  finish(unable);
  finish(red("38", Cancelled{"SIGINT"}));
  auto unbegun = report("39", Cancelled{"SIGINT"});
  unbegun.steps.clear();
  finish(unbegun);
  events.push_back(RunFinished{RunId("0b0f2c0e"), 12345ms, "SIGINT", std::vector<LeftBehind>{}});
  return events;
}

namespace {

constexpr const char* kFeature = R"(@ring
Feature: Rings
  What a writer writes, a reader reads.






  # the first of them
  Scenario: Frames arrive in order
    When the 'writer' process writes 3 frames
    Then the 'reader' process reads 3 frames




  Scenario: Frames arrive in order
    When the 'writer' process writes 3 frames
    Then the 'reader' process reads 3 frames

  Scenario Outline: Frames arrive in order
    When the 'writer' process writes <n> frames
    Then the 'reader' process reads <n> frames

    Examples:
      | n |
      | 3 |
      | 3 |
      | 3 |
      | 3 |
      | 3 |
      | 3 |
      | 3 |
      | 3 |
      | 3 |
      | 3 |
)";

ScenarioPlanned scenario_at(std::uint32_t line, std::size_t first, const std::vector<PlannedCase>& cases) {
  return {{"features/ring.feature", line, 0},
          "Rings",
          "Frames arrive in order",
          {"@ring"},
          {ProcessName("writer"), ProcessName("reader")},
          first,
          cases};
}

}  // namespace

std::vector<Event> a_recorded_run() {
  std::vector<Event> events{RunPlanned{RunId("0b0f2c0e-6a54-4d3c-9d0c-0a8c1a8b5f11"), "0.1.0",
                                       "container-seq", 1'764'021'710'000ms, 14, "sub"},
                            FeatureSource{"features/ring.feature", kFeature}};
  auto flaky = report("12", Passed{});
  flaky.id = CaseId("features/ring.feature:12 writer=python reader=python");
  flaky.combination[1].second = PlatformName("python");
  flaky.earlier_attempts = {red("12", TimedOut{"the step", 30s, {}}),
                            red("12", CouldNotRun{"no network", {}})};
  auto twice = red("30", Failed{"frame 9 has the wrong checksum", {}, {}, {}, {}});
  twice.id = CaseId("features/ring.feature:30 writer=cpp reader=cpp");
  twice.combination[0].second = PlatformName("cpp");
  twice.earlier_attempts = {red("30", Exited{1, "while the step ran"})};
  std::size_t first = 0;
  for (const std::uint32_t line : {12U, 20U, 30U, 31U, 32U, 33U, 34U, 35U, 36U, 37U, 38U, 39U}) {
    const auto id = "features/ring.feature:" + std::to_string(line);
    std::vector<PlannedCase> cases{
        {CaseId(id + " writer=python reader=cpp"), {PlatformName("python"), PlatformName("cpp")}}};
    if (line == 12) cases.push_back({flaky.id, {PlatformName("python"), PlatformName("python")}});
    if (line == 30) cases.push_back({twice.id, {PlatformName("cpp"), PlatformName("cpp")}});
    events.push_back(scenario_at(line, first, cases));
    first += cases.size();
  }
  auto run = a_run();
  for (auto& event : run) {
    if (std::holds_alternative<RunFinished>(event)) {
      events.emplace_back(CaseFinished{12, flaky});
      events.emplace_back(CaseFinished{13, twice});
    }
    events.push_back(std::move(event));
  }
  return events;
}

std::string as_lines(const std::vector<Event>& events) {
  std::string text;
  auto at = 1'764'021'710'000ms;
  for (const auto& event : events) text += executor::report::to_json(event, at += 1ms) + '\n';
  return text;
}

}  // namespace tests
