// A second engine of a test's own, empty, with nothing in common with the first but the machine. Needs root
// and dockerd.
#pragma once

#include <memory>
#include <string>

#include "docker/client.h"
#include "tests/support/default_bridge.h"
#include "tests/support/process.h"
#include "tests/support/temp_folder.h"

namespace tests {

/// A bridge that is made and removed with this; throws if that is not possible.
class OwnBridge {
 public:
  OwnBridge();
  ~OwnBridge();
  OwnBridge(const OwnBridge&) = delete;
  OwnBridge& operator=(const OwnBridge&) = delete;
  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  const std::string name_;
};

/// In the machine's network namespace, where it reaches a LocalRegistry. Started in the constructor, which
/// throws if it does not answer; ended with all it holds in the destructor.
class SecondEngine {
 public:
  SecondEngine();
  ~SecondEngine();

  /// For DOCKER_HOST.
  [[nodiscard]] std::string address() const { return "unix://" + (folder_.path() / "sock").string(); }
  [[nodiscard]] docker::Client& client() { return *client_; }

 private:
  const DefaultBridge machines_;  // before all that might take it away
  TempFolder folder_;
  OwnBridge bridge_;
  Process process_;
  std::unique_ptr<docker::Client> client_;
};

/// Debian's docker-registry on the loopback address, with storage of its own.
class LocalRegistry {
 public:
  LocalRegistry();
  [[nodiscard]] std::string host() const { return "127.0.0.1:" + std::to_string(port_); }

 private:
  TempFolder folder_;
  int port_;
  Process process_;
};

}  // namespace tests
