// A second engine of a test's own, empty, with nothing in common with the first but the machine. Needs root
// and dockerd.
#include "tests/support/second_engine.h"

#include <signal.h>
#include <unistd.h>

#include <stdexcept>
#include <thread>

#include "docker/curl_transport.h"
#include "docker/system.h"
#include "tests/support/engine.h"

namespace tests {
namespace {

using namespace std::chrono_literals;

std::vector<std::string> dockerd(const TempFolder& folder, const std::string& bridge) {
  const auto in = [&folder](const char* name) { return (folder.path() / name).string(); };
  // A bridge of its own and no rules: it does not get into the way of the machine's own engine.
  return {"dockerd",
          "--data-root=" + in("data"),
          "--exec-root=" + in("exec"),
          "--pidfile=" + in("pid"),
          "--host=unix://" + in("sock"),
          "--bridge=" + bridge,
          "--iptables=false",
          "--ip-forward=false"};
}

bool ip(std::vector<std::string> words) {
  words.insert(words.begin(), "ip");
  return run(std::move(words)).exit_code == 0;
}

}  // namespace

/// Addresses of RFC 2544, which nothing real has.
OwnBridge::OwnBridge() : name_("cexec" + std::to_string(::getpid())) {
  const auto address = "198.18." + std::to_string(::getpid() % 256) + ".1/24";
  if (!ip({"link", "add", name_, "type", "bridge"}) || !ip({"address", "add", address, "dev", name_}))
    throw std::runtime_error("a bridge could not be made (root and ip are needed)");
}

OwnBridge::~OwnBridge() {
  ip({"link", "delete", name_});
}

SecondEngine::SecondEngine() : process_(dockerd(folder_, bridge_.name())) {
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
