// An engine of a test's own, to be stopped, hung and started again: never the one that others use.
#include "tests/support/private_engine.h"

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <fstream>
#include <stdexcept>

namespace tests {
namespace {

using namespace std::chrono_literals;

std::vector<std::string> as_root(std::vector<std::string> command) {
  if (::geteuid() != 0) command.insert(command.begin(), {"sudo", "-n"});
  return command;
}

void must_run(const std::vector<std::string>& command) {
  const auto ran = run(as_root(command));
  if (ran.exit_code != 0)
    throw std::runtime_error(fmt::format("{}: {}{}", fmt::join(command, " "), ran.out, ran.err));
}

}  // namespace

PrivateEngine::PrivateEngine(std::size_t disk_megabytes) {
  std::filesystem::create_directory(data());
  must_run({"mount", "-t", "tmpfs", "-o", fmt::format("size={}m", disk_megabytes), "tmpfs", data()});
  start();
}

PrivateEngine::~PrivateEngine() {
  signal(SIGCONT);
  stop(SIGTERM);
  // An engine that was killed forgets processes of its own that watch over containers.
  run(as_root({"pkill", "-KILL", "-f", "[c]ontainerd-shim.*" + folder_.path().string() + "/exec/"}));
  // Its containerd goes with it, but not at once.
  for (int i = 0; i < 100 && run(as_root({"umount", data()})).exit_code != 0; ++i) ::usleep(100'000);
}

void PrivateEngine::start() {
  const auto folder = folder_.path().string();
  folder_.write("wanted", "");
  // Its log goes to a file: what it starts must hold no pipe of ours. Like a service manager, this starts it
  // again where it gives up by itself, as it does on a busy machine when its containerd takes too long.
  const auto command = fmt::format(
      "while [ -e {0}/wanted ]; do rm -f {0}/pid; unshare --net dockerd --data-root {0}/data --exec-root "
      "{0}/exec "
      "--pidfile {0}/pid -H unix://{0}/docker.sock --bridge=none --iptables=false --group {1} "
      "--log-level error >>{0}/log 2>&1; done",
      folder, ::getegid());
  dockerd_ = std::make_unique<Process>(as_root({"sh", "-c", command}));
}

void PrivateEngine::signal(int number) {
  std::string pid;
  std::ifstream(folder_.path() / "pid") >> pid;
  if (!pid.empty()) run(as_root({"kill", fmt::format("-{}", number), pid}));
}

void PrivateEngine::stop(int number) {
  if (dockerd_ == nullptr) return;
  std::filesystem::remove(folder_.path() / "wanted");
  signal(number);
  dockerd_->finish(60s);
  dockerd_.reset();
  std::filesystem::remove(folder_.path() / "pid");
}

void PrivateEngine::fill_disk() {
  run(as_root({"dd", "if=/dev/zero", "of=" + data() + "/ballast", "bs=1M"}));
}

void PrivateEngine::free_disk() {
  run(as_root({"rm", "-f", data() + "/ballast"}));
}

}  // namespace tests
