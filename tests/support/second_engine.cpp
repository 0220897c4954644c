// A second engine of a test's own, empty, with nothing in common with the first but the machine. Needs root
// and dockerd.
#include "tests/support/second_engine.h"

#include <signal.h>

#include <stdexcept>
#include <thread>

#include "docker/curl_transport.h"
#include "docker/system.h"
#include "tests/support/engine.h"

namespace tests {
namespace {

using namespace std::chrono_literals;

std::vector<std::string> dockerd(const TempFolder& folder) {
  const auto in = [&folder](const char* name) { return (folder.path() / name).string(); };
  // Without a bridge and its rules it does not get into the way of the machine's own engine.
  return {"dockerd",         "--data-root", in("data"), "--exec-root",          in("exec"),
          "--pidfile",       in("pid"),     "-H",       "unix://" + in("sock"), "--bridge=none",
          "--iptables=false"};
}

}  // namespace

SecondEngine::SecondEngine() : process_(dockerd(folder_)) {
  for (int i = 0; i < 600 && !client_; ++i) {
    auto endpoint = docker::parse_endpoint(address());
    auto connected = docker::Client::connect(std::make_unique<docker::CurlTransport>(*endpoint), patient());
    if (connected) client_ = std::move(*connected);
    std::this_thread::sleep_for(100ms);
  }
  if (!client_)
    throw std::runtime_error("a second engine could not be started (root and dockerd are needed)");
}

SecondEngine::~SecondEngine() {
  process_.signal(SIGTERM);
  std::ignore = process_.finish(60s);
}

LocalRegistry::LocalRegistry()
    : port_(free_port()),
      process_({"docker-registry", "serve",
                folder_
                    .write("config.yml",
                           "version: 0.1\nlog: {level: error}\nstorage: {filesystem: {rootdirectory: " +
                               (folder_.path() / "data").string() +
                               "}}\nhttp: {addr: 127.0.0.1:" + std::to_string(port_) + "}\n")
                    .string()}) {}

}  // namespace tests
