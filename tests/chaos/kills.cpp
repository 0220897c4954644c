// chaos_kills RUNS SEED [CEXEC OPTION…]: ends cexec, its watchdog, or both with SIGKILL, in each phase of a
// case's life and at random moments, and counts what is left in the engine. The same seed does the same
// again.
#include <fmt/format.h>
#include <signal.h>

#include <array>
#include <atomic>
#include <iostream>
#include <mutex>
#include <random>
#include <thread>

#include "docker/endpoint.h"
#include "tests/chaos/trial.h"

namespace tests::chaos {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

enum class Victim { owner, watchdog, both };
constexpr std::array<const char*, 3> kVictims{"owner", "watchdog", "both"};

/// A moment in a case's life: the request, or what goes to a server's stdin, by which it is known.
struct Phase {
  const char* name;
  const char* method;  ///< "stdin": `mark` is looked for there
  const char* mark;
  bool is_dropped = false;  ///< the request does not reach the engine
  bool is_delayed = false;  ///< it does so after the victim's death
  bool is_sent_first = false;
};
constexpr std::array<Phase, 8> kPhases{{
    {"before create", "POST", "/containers/create", true},
    {"create in flight", "POST", "/containers/create", false, true},
    {"between create and attach", "POST", "/attach?", true},
    {"start in flight", "POST", "/start", false, true},
    {"mid-step", "stdin", "executeStep"},
    {"stopping", "stdin", "\"shutdown\""},
    {"removing", "DELETE", "/containers/", false, false, true},
    {"random moment", "", ""},
}};

/// What the trials of one phase with one victim came to.
struct Count {
  int runs = 0;
  int left = 0;   ///< objects after 15 s; of both: containers that run
  int idle = 0;   ///< of both: objects after 15 s, for which nobody is there any more
  int later = 0;  ///< of both: objects after the next start
  int unmet = 0;  ///< runs that ended before their phase came
};

/// Waits for the phase, and kills.
class Killer {
 public:
  Killer(const Phase& phase, Victim victim, std::mt19937& random, milliseconds usual)
      : phase_(phase), victim_(victim) {
    const auto up_to = [&random](int most) { return std::uniform_int_distribution<int>(0, most)(random); };
    countdown_ = 1 + up_to(2);
    delay_ = milliseconds(up_to(1500));
    pause_ = *phase.method == '\0' ? milliseconds(up_to(static_cast<int>(usual.count())))
                                   : milliseconds(up_to(60));
  }
  ~Killer() { join(); }

  FaultProxy::Hooks hooks() {
    return {[this](const std::string& request) { return on_request(request); },
            [this](std::string_view bytes) {
              if (std::string_view(phase_.method) == "stdin" && is_it(bytes)) strike_later();
            }};
  }

  void aim(Run& run) {
    run_ = &run;
    if (*phase_.method == '\0') strike_later();
  }
  void join() {
    const std::lock_guard lock(mutex_);
    if (thread_.joinable()) thread_.join();
  }
  [[nodiscard]] bool has_struck() const { return has_struck_; }

 private:
  bool is_it(std::string_view text) {
    return text.find(phase_.mark) != std::string_view::npos && --countdown_ == 0;
  }

  Treatment on_request(const std::string& request) {
    Treatment treatment;
    if (*phase_.method == '\0' || !request.starts_with(phase_.method) || !is_it(request)) return treatment;
    if (phase_.is_sent_first) {
      treatment.when_sent = [this] { strike(); };
      return treatment;
    }
    strike();
    treatment.is_dropped = phase_.is_dropped && victim_ != Victim::watchdog;
    if (phase_.is_delayed) treatment.delay = delay_;
    return treatment;
  }

  void strike_later() {
    const std::lock_guard lock(mutex_);
    thread_ = std::thread([this] {
      std::this_thread::sleep_for(pause_);
      strike();
    });
  }

  void strike() {
    while (run_ == nullptr) std::this_thread::sleep_for(1ms);
    Run& run = *run_;
    // Before its end it has a watchdog.
    has_struck_ = run.is_alive();
    if (victim_ != Victim::owner) run.kill_watchdog();
    if (victim_ != Victim::watchdog) run.kill();
  }

  const Phase& phase_;
  const Victim victim_;
  std::atomic<int> countdown_{0};
  milliseconds delay_{0};
  milliseconds pause_{0};
  std::atomic<Run*> run_{nullptr};
  std::atomic<bool> has_struck_{false};
  std::mutex mutex_;
  std::thread thread_;
};

/// One cexec, what is to happen to it, and the proxy by which that is known.
struct Trial {
  Trial(const Setup& setup, std::size_t index, Victim who, std::mt19937& random, milliseconds usual)
      : phase(index),
        victim(who),
        killer(kPhases[index], who, random, usual),
        proxy(setup.engine_socket, killer.hooks()),
        run(setup, proxy.docker_host()) {
    killer.aim(run);
  }
  const std::size_t phase;
  const Victim victim;
  Killer killer;
  FaultProxy proxy;
  Run run;
};

class Session {
 public:
  Session(Setup setup, unsigned seed)
      : setup_(std::move(setup)), client_(client_of(setup_.engine_socket)), random_(seed) {}

  void measure() {
    const auto begin = Clock::now();
    Run run(setup_, "unix://" + setup_.engine_socket);
    const auto ended = run.process().finish(300s);
    if (ended.exit_code != 0)
      throw std::runtime_error("a run that nobody disturbs: " + ended.out + ended.err);
    usual_ = std::chrono::duration_cast<milliseconds>(Clock::now() - begin);
    std::cout << fmt::format("an undisturbed run takes {} ms\n", usual_.count()) << std::flush;
  }

  /// So many trials at once: their starts are over before the first of them dies, so that none sweeps up
  /// after another. What they left is counted 15 s after the last death.
  void batch(std::size_t first_phase, Victim victim, std::size_t number) {
    std::vector<std::unique_ptr<Trial>> trials;
    for (std::size_t i = 0; i < number; ++i) {
      trials.push_back(
          std::make_unique<Trial>(setup_, (first_phase + i) % kPhases.size(), victim, random_, usual_));
    }
    for (auto& trial : trials) finish(*trial);
    if (victim != Victim::watchdog) std::this_thread::sleep_for(15s);
    for (auto& trial : trials) count_left(*trial);
    if (victim == Victim::both) count_after_next_start(trials);
    // Watchdogs work through the proxies, too.
    for (auto& trial : trials) trial->run.wait_for_watchdog();
  }

  int print() const {
    int left = 0;
    std::cout << fmt::format("\n{:<28}{:<10}{:>6}{:>8}{:>16}{:>20}\n", "phase", "victim", "runs", "struck",
                             "left at 15 s", "after next start");
    for (std::size_t phase = 0; phase < kPhases.size(); ++phase) {
      for (std::size_t victim = 0; victim < kVictims.size(); ++victim) {
        const auto& count = counts_[phase][victim];
        if (count.runs == 0) continue;
        const bool both = victim == static_cast<std::size_t>(Victim::both);
        std::cout << fmt::format(
            "{:<28}{:<10}{:>6}{:>8}{:>16}{:>20}\n", kPhases[phase].name, kVictims[victim], count.runs,
            count.runs - count.unmet,
            both ? fmt::format("{} of {} run", count.left, count.idle) : std::to_string(count.left),
            both ? std::to_string(count.later) : "");
        left += count.left + count.later;
      }
    }
    std::cout << fmt::format("{} left behind, {} complaints\n", left, complaints_);
    return left + complaints_;
  }

 private:
  void finish(Trial& trial) {
    auto& count = counts_[trial.phase][static_cast<std::size_t>(trial.victim)];
    ++count.runs;
    const auto ended = trial.run.process().finish(300s);
    trial.killer.join();
    if (!trial.killer.has_struck()) ++count.unmet;
    if (trial.victim != Victim::watchdog) return;
    const bool is_well = ended.exit_code == 0 && ended.out.ends_with("\n0 objects left behind\n");
    if (!is_well) complain(trial.phase, trial.victim, ended.out + ended.err);
  }

  void count_left(const Trial& trial) {
    const auto& owner = trial.run.owner();
    const auto left = trial.victim == Victim::both ? running_of(*client_, owner) : names(owner);
    auto& count = counts_[trial.phase][static_cast<std::size_t>(trial.victim)];
    count.left += static_cast<int>(left.size());
    if (trial.victim == Victim::both) count.idle += static_cast<int>(names(owner).size());
    if (!left.empty()) complain(trial.phase, trial.victim, fmt::format("left: {}", fmt::join(left, " ")));
  }

  void count_after_next_start(const std::vector<std::unique_ptr<Trial>>& trials) {
    Run run(setup_, "unix://" + setup_.engine_socket, {"features/x.feature:2"});
    run.process().finish(300s);
    for (const auto& trial : trials) {
      const auto left = names(trial->run.owner());
      counts_[trial->phase][static_cast<std::size_t>(trial->victim)].later += static_cast<int>(left.size());
      if (!left.empty()) complain(trial->phase, trial->victim, "after the next start: " + left.front());
    }
  }

  std::vector<std::string> names(const std::string& owner) {
    return executor::track::names_of(objects_of(*client_, owner));
  }

  void complain(std::size_t phase, Victim victim, const std::string& what) {
    ++complaints_;
    std::cout << fmt::format("{}, {}: {}\n", kPhases[phase].name, kVictims[static_cast<std::size_t>(victim)],
                             what)
              << std::flush;
  }

  const Setup setup_;
  const std::unique_ptr<docker::Client> client_;
  std::mt19937 random_;
  milliseconds usual_{0};
  std::array<std::array<Count, kVictims.size()>, kPhases.size()> counts_{};
  int complaints_ = 0;
};

int run(std::size_t runs, unsigned seed, std::vector<std::string> mode) {
  const auto endpoint = docker::find_endpoint(docker::process_environment());
  if (!endpoint || !endpoint->is_unix())
    throw std::runtime_error("this needs an engine behind a unix socket");
  Setup setup{endpoint->socket_path, make_image(*client_of(endpoint->socket_path)), std::move(mode)};
  Session session(setup, seed);
  session.measure();
  constexpr std::size_t kAtOnce = 4;
  for (const auto victim : {Victim::owner, Victim::watchdog, Victim::both}) {
    const auto share = (runs + static_cast<std::size_t>(victim)) / kVictims.size();
    for (std::size_t i = 0; i < share; i += kAtOnce) session.batch(i, victim, std::min(kAtOnce, share - i));
  }
  return session.print() == 0 ? 0 : 1;
}

}  // namespace
}  // namespace tests::chaos

int main(int argc, char** argv) {
  const std::size_t runs = argc > 1 ? std::stoul(argv[1]) : 24;
  const auto seed = static_cast<unsigned>(argc > 2 ? std::stoul(argv[2]) : 1);
  std::vector<std::string> mode(argv + std::min(argc, 3), argv + argc);
  if (mode.empty()) mode = {"--container-seq"};
  std::cout << fmt::format("{} runs, seed {}\n", runs, seed) << std::flush;
  return tests::chaos::run_to_its_end([&] { return tests::chaos::run(runs, seed, mode); });
}
