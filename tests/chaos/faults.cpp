// chaos_faults RUNS SEED [CEXEC OPTION…]: an engine that goes away, hangs, is started again, is full, is slow
// or answers with nonsense, at random moments of a run. No case gets a wrong verdict, no run hangs, nothing
// is left.
#include <fmt/format.h>
#include <signal.h>

#include <array>
#include <atomic>
#include <iostream>
#include <random>
#include <thread>

#include "tests/chaos/trial.h"
#include "tests/support/private_engine.h"

namespace tests::chaos {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

/// A run whose engine has come back is over within this: the engine's patience, the clean-up's, and a machine
/// that others use.
constexpr auto kPatience = 300s;

class Session {
 public:
  Session(unsigned seed, std::vector<std::string> mode) : random_(seed) {
    client_ = client_of(engine_.socket());
    setup_ = {engine_.socket(), make_image(*client_), std::move(mode)};
    const auto begin = Clock::now();
    const auto ended = Run(setup_, "unix://" + engine_.socket()).process().finish(kPatience);
    if (ended.exit_code != 0)
      throw std::runtime_error("a run that nobody disturbs: " + ended.out + ended.err);
    usual_ = std::chrono::duration_cast<milliseconds>(Clock::now() - begin);
  }

  void run(int runs) {
    for (int i = 0; i < runs; ++i) trial(static_cast<std::size_t>(i) % kKinds.size());
  }

  [[nodiscard]] int print() const {
    int wrong = 0;
    std::cout << fmt::format("\n{:<26}{:>6}{:>10}{:>16}{:>8}{:>12}\n", "fault", "runs", "all well",
                             "could not run", "wrong", "longest");
    for (std::size_t i = 0; i < kKinds.size(); ++i) {
      const auto& count = counts_[i];
      std::cout << fmt::format("{:<26}{:>6}{:>10}{:>16}{:>8}{:>10.1f} s\n", kKinds[i].name, count.runs,
                               count.passed, count.could_not_run, count.wrong,
                               static_cast<double>(count.longest.count()) / 1000);
      wrong += count.wrong;
    }
    return wrong;
  }

 private:
  using Act = void (Session::*)(Treatment&);
  /// Where `on_request` is null the fault comes at a random moment; else with one of the requests.
  struct Kind {
    const char* name;
    void (Session::*at_random)();
    Act on_request;
    const char* mark;  ///< of that request
    int first_of = 4;  ///< which one it may be at most
  };
  struct Count {
    int runs = 0;
    int passed = 0;
    int could_not_run = 0;
    int wrong = 0;
    milliseconds longest{0};
  };

  int up_to(int most) { return std::uniform_int_distribution<int>(0, most)(random_); }

  // At random moments.
  void kill_and_start() { stop_and_start(SIGKILL); }
  void end_and_start() { stop_and_start(SIGTERM); }
  void stop_and_start(int number) {
    engine_.stop(number);
    std::this_thread::sleep_for(milliseconds(span_));
    engine_.start();
  }
  void hang() {
    engine_.signal(SIGSTOP);
    std::this_thread::sleep_for(milliseconds(2 * span_));
    engine_.signal(SIGCONT);
  }
  void fill() {
    engine_.fill_disk();
    std::this_thread::sleep_for(milliseconds(span_));
    engine_.free_disk();
  }
  void lose_image() {
    const docker::Request request{docker::Method::del, "/images/" + setup_.image + "?force=1", {}, {}, {}};
    std::ignore = client_->send(request, {base::Deadline::in(30s), {}});
  }

  // With a request.
  void slow(Treatment& treatment) { treatment.delay = 2s; }
  void refuse(Treatment& treatment) { treatment.answer = refusal_bytes(500, "the runtime fell over"); }
  void conflict(Treatment& treatment) {
    treatment.answer = refusal_bytes(409, "Conflict. The container name is already in use by container 12.");
  }
  void nonsense(Treatment& treatment) {
    treatment.answer = std::string("\x01\x02 no HTTP at all\r\n\r\n\0", 22);
  }
  void cut(Treatment& treatment) { treatment.cut_after = static_cast<std::size_t>(span_) % 200; }
  void stall(Treatment& treatment) { treatment.stall_after = static_cast<std::size_t>(span_) % 200; }
  void drip(Treatment& treatment) { treatment.piece = 1; }

  static const std::array<Kind, 12> kKinds;

  void trial(std::size_t index) {
    const auto& kind = kKinds[index];
    span_ = up_to(6000);
    const milliseconds moment(up_to(static_cast<int>(usual_.count())));
    std::atomic<int> countdown = 1 + up_to(kind.first_of - 1);
    const FaultProxy proxy(engine_.socket(), {[&](const std::string& request) {
                                                Treatment treatment;
                                                const bool is_it =
                                                    kind.on_request != nullptr &&
                                                    request.find(kind.mark) != std::string::npos;
                                                if (is_it && (kind.first_of == 1 || --countdown == 0))
                                                  (this->*kind.on_request)(treatment);
                                                return treatment;
                                              },
                                              {}});
    const auto begin = Clock::now();
    Run run(setup_, proxy.docker_host(), {"--start-timeout", "60s"});
    if (kind.at_random != nullptr) {
      std::this_thread::sleep_for(moment);
      (this->*kind.at_random)();
    }
    const auto ended = run.process().finish(kPatience);
    auto& count = counts_[index];
    count.longest = std::max(count.longest, std::chrono::duration_cast<milliseconds>(Clock::now() - begin));
    judge(count, kind, ended, run);
    setup_.image = make_image(*client_);
  }

  void judge(Count& count, const Kind& kind, const Finished& ended, Run& run) {
    ++count.runs;
    std::string fault;
    const bool had_begun = ended.out.find(" cases\n") != std::string::npos;
    if (ended.exit_code != 0 && ended.exit_code != 3) fault = fmt::format("exit code {}", ended.exit_code);
    if (fault.empty() && (had_begun || ended.exit_code == 0)) fault = fault_of_report(ended.out);
    client_ = client_of(engine_.socket());  // waits until it answers
    if (ended.out.find("\n0 objects left behind\n") == std::string::npos) run.wait_for_watchdog();
    const auto left = objects_of(*client_, run.owner());
    if (fault.empty() && !left.empty()) fault = fmt::format("{} left behind", left.size());
    ++(ended.exit_code == 0 ? count.passed : count.could_not_run);
    if (fault.empty()) return;
    ++count.wrong;
    std::cout << fmt::format("{} ({} ms): {}\n{}{}\n", kind.name, span_, fault, ended.out, ended.err)
              << std::flush;
  }

  std::mt19937 random_;
  PrivateEngine engine_;
  std::unique_ptr<docker::Client> client_;
  Setup setup_;
  milliseconds usual_{0};
  int span_ = 0;
  std::array<Count, 12> counts_{};
};

const std::array<Session::Kind, 12> Session::kKinds{{
    {"killed and started", &Session::kill_and_start, nullptr, ""},
    {"ended and started", &Session::end_and_start, nullptr, ""},
    {"hung for a while", &Session::hang, nullptr, ""},
    {"disk full for a while", &Session::fill, nullptr, ""},
    {"image removed", &Session::lose_image, nullptr, ""},
    {"2 s for each call", nullptr, &Session::slow, "/containers", 1},
    {"500 on start", nullptr, &Session::refuse, "/start"},
    {"409 on create", nullptr, &Session::conflict, "/containers/create"},
    {"nonsense", nullptr, &Session::nonsense, "/containers/", 12},
    {"cut in an answer", nullptr, &Session::cut, "/containers/", 12},
    {"stalled in an answer", nullptr, &Session::stall, "/start"},
    {"one byte at a time", nullptr, &Session::drip, "/containers/", 1},
}};

}  // namespace
}  // namespace tests::chaos

int main(int argc, char** argv) {
  const int runs = argc > 1 ? std::stoi(argv[1]) : 12;
  const auto seed = static_cast<unsigned>(argc > 2 ? std::stoul(argv[2]) : 1);
  std::vector<std::string> mode(argv + std::min(argc, 3), argv + argc);
  if (mode.empty()) mode = {"--container-seq"};
  return tests::chaos::run_to_its_end([&] {
    tests::chaos::Session session(seed, mode);
    session.run(runs);
    return session.print() == 0 ? 0 : 1;
  });
}
