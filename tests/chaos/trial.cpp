// What every chaos test starts from: an image whose server is one static program, a folder with scenarios,
// and cexec on an engine that a fault proxy stands before.
#include "tests/chaos/trial.h"

#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <fstream>
#include <iostream>
#include <regex>
#include <stdexcept>
#include <thread>

#include "docker/container_inspect.h"
#include "docker/curl_transport.h"
#include "docker/images.h"
#include "docker/sha256.h"
#include "docker/system.h"
#include "docker/tar_writer.h"
#include "executor/track/labels.h"
#include "executor/track/liveness.h"
#include "tests/support/cexec.h"

namespace tests::chaos {

using namespace std::chrono_literals;
namespace {

base::Fd open_process(pid_t pid) {
  return base::Fd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
}

void send_kill(const base::Fd& process) {
  if (process) ::syscall(SYS_pidfd_send_signal, process.get(), SIGKILL, nullptr, 0);
}

/// pidfd_open(2): it is readable once the process has ended.
bool has_ended(const base::Fd& process, int timeout_ms) {
  pollfd fd{process.get(), POLLIN, 0};
  return ::poll(&fd, 1, timeout_ms) == 1;
}

}  // namespace

std::unique_ptr<docker::Client> client_of(const std::string& socket) {
  docker::Endpoint endpoint;
  endpoint.socket_path = socket;
  endpoint.origin = "the test";
  const auto deadline = base::Deadline::in(120s);
  while (true) {
    auto client = docker::Client::connect(std::make_unique<docker::CurlTransport>(endpoint),
                                          {base::Deadline::in(10s), {}});
    if (client) return std::move(*client);
    if (deadline.passed()) throw std::runtime_error("no engine: " + client.error().describe());
    std::this_thread::sleep_for(50ms);
  }
}

std::string make_image(const docker::Client& client) {
  const auto program = read_file(CHAOS_SERVER);
  const docker::ImageReference tag{"cexec-chaos", docker::sha256_hex(program).substr(0, 12), {}};
  const docker::Call call{base::Deadline::in(120s), {}};
  if (docker::inspect_image(client, tag.text(), call)) return tag.text();
  docker::TarWriter tar;
  tar.add_file("server", 0755, program);
  tar.finish();
  const auto made = docker::import_image(client, tar.take_all(), tag, {R"(ENTRYPOINT ["/server"])"}, call);
  if (!made) throw std::runtime_error(made.error().describe());
  return tag.text();
}

Folder::Folder(const Setup& setup) {
  constexpr const char* kSteps =
      "  When the 'a' process works 100\n  And the 'b' process works 100\n  Then the 'a' process works 100\n";
  const auto usual = fmt::format(
      "Feature: chaos\n Scenario: plain\n{0} @volume @network\n"
      " Scenario: shared\n{0} Scenario: last\n{0}",
      kSteps);
  folder_.write("features/x.feature", setup.feature.empty() ? usual : setup.feature);
  folder_.write("cexec.yaml", fmt::format("version: 1\nplatforms:\n  p:\n    image: {}\n", setup.image));
}

Run::Run(const Setup& setup, const std::string& docker_host, const std::vector<std::string>& words)
    : folder_(setup) {
  std::vector<std::string> command{CEXEC_PROGRAM};
  command.insert(command.end(), setup.mode.begin(), setup.mode.end());
  command.insert(command.end(), words.begin(), words.end());
  process_ = std::make_unique<Process>(
      command, Process::Options{folder_.path(),
                                {{"DOCKER_HOST", docker_host}, {"XDG_STATE_HOME", folder_.path().string()}}});
  const auto pid = process_->pid();
  handle_ = open_process(pid);
  while (is_alive() && watchdog_of(pid) <= 0) std::this_thread::sleep_for(1ms);
  if (const auto watchdog = watchdog_of(pid); watchdog > 0) watchdog_handle_ = open_process(watchdog);
  owner_ = fmt::format(":{}:{}", pid, executor::track::start_time_of(fmt::format("/proc/{}/stat", pid)));
}

bool Run::is_alive() const {
  return !has_ended(handle_, 0);
}

void Run::kill() {
  send_kill(handle_);
}
void Run::kill_watchdog() {
  send_kill(watchdog_handle_);
}

void Run::wait_for_watchdog() {
  if (watchdog_handle_ && !has_ended(watchdog_handle_, 120'000))
    throw std::runtime_error("a watchdog goes on although nothing is left");
}

std::vector<executor::track::Object> objects_of(const docker::Client& client, const std::string& owner) {
  auto objects = executor::track::list_objects(client, std::nullopt, {base::Deadline::in(60s), {}});
  if (!objects) throw std::runtime_error(objects.error().describe());
  std::erase_if(*objects, [&owner](const auto& object) { return !object.owner.ends_with(owner); });
  return std::move(*objects);
}

std::vector<std::string> running_of(const docker::Client& client, const std::string& owner) {
  const auto containers =
      docker::list_containers(client, {executor::track::kOwnerLabel}, {base::Deadline::in(60s), {}});
  if (!containers) throw std::runtime_error(containers.error().describe());
  std::vector<std::string> names;
  for (const auto& container : *containers) {
    const auto label = container.labels.find(executor::track::kOwnerLabel);
    if (container.state == "running" && label->second.ends_with(owner)) names.push_back(container.name);
  }
  return names;
}

std::string fault_of_report(const std::string& out) {
  for (const auto& printed : cases_in(out)) {
    const bool is_right =
        printed.outcome == "passed" || printed.outcome == "could not run" || printed.outcome == "cancelled";
    if (!is_right) return fmt::format("{} is {}", printed.id, printed.outcome);
    if (printed.outcome == "could not run" && printed.text.find("│") == std::string::npos)
      return printed.id + " could not run, and it is not said why";
  }
  const auto last = last_lines(out);
  if (last.size() != 2) return "it ends before its last lines";
  static const std::regex counts(
      R"((\d+) cases: (\d+) passed, (\d+) failed, (\d+) skipped, (\d+) could not run in .*)");
  std::smatch found;
  if (!std::regex_match(last[0], found, counts)) return "no counts: " + last[0];
  int sum = 0;
  for (std::size_t i = 2; i <= 5; ++i) sum += std::stoi(found[i]);
  if (sum != std::stoi(found[1])) return "the counts do not add up: " + last[0];
  if (found[3] != "0") return "a case is said to have failed";
  return {};
}

int run_to_its_end(const std::function<int()>& work) {
  try {
    return work();
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 2;
  }
}

}  // namespace tests::chaos
