// `cexec doctor`: what works on the engine here, and what to do about what does not.
#include "executor/cli/doctor_command.h"

#include <fmt/format.h>

#include <iostream>

#include "base/random.h"
#include "docker/endpoint.h"
#include "executor/cli/engine.h"
#include "executor/cli/setup.h"
#include "executor/doctor/examine.h"
#include "executor/text/quote.h"
#include "executor/text/units.h"

namespace executor::cli {
namespace {

using namespace std::chrono_literals;
using doctor::Verdict;

constexpr auto kExaminationTime = 300s;
constexpr std::size_t kLongestText = 400;

const char* word_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::good: return "ok";
    case Verdict::odd: return "note";
    case Verdict::bad: return "BAD";
  }
  return "";
}

void print(const doctor::Finding& finding) {
  std::cout << fmt::format("{:<5} {:<18} {}\n", word_of(finding.verdict), finding.topic,
                           text::quote(finding.text, kLongestText));
  if (!finding.advice.empty()) std::cout << fmt::format("{:<24} {}\n", "", finding.advice);
  std::cout.flush();
}

}  // namespace

ExitCode doctor_command() {
  const auto engine = connect_engine({base::Deadline::in(kAnswerTime), {}});
  const auto endpoint = docker::find_endpoint(docker::process_environment());
  if (!engine || !endpoint) {
    print({Verdict::bad, "engine", engine ? endpoint.error().message : engine.error().reason,
           engine ? std::string() : engine.error().hint});
    return ExitCode::could_not_run;
  }
  std::size_t notes = 0;
  std::size_t bad = 0;
  track::Tracker tracker(*engine->client, model::RunId(base::random_uuid()), track::current_owner());
  doctor::examine(tracker, *endpoint,
                  [&](const doctor::Finding& finding) {
                    notes += finding.verdict == Verdict::odd ? 1 : 0;
                    bad += finding.verdict == Verdict::bad ? 1 : 0;
                    print(finding);
                  },
                  {base::Deadline::in(kExaminationTime), {}});
  std::cout << (bad > 0
                    ? fmt::format("\n{} not work here as cexec promises\n",
                                  bad == 1 ? "1 thing does" : fmt::format("{} things do", bad))
                    : fmt::format("\ncexec works here{}\n",
                                  notes > 0 ? fmt::format(", with {}", text::counted(notes, "note")) : ""));
  return bad > 0 ? ExitCode::could_not_run : ExitCode::all_passed;
}

}  // namespace executor::cli
