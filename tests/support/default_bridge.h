// Watches over the bridge of the machine's own engine while a test has an engine of its own. It must not know
// either engine.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <iostream>

namespace tests {

/// An engine that is started with `--bridge=none` takes the bridge docker0 away from its network namespace,
/// whosever that is, and no build of the machine's own engine has a network any more. To be made before a
/// second engine is, and so destroyed after it: the test ends with an abort if the bridge has gone meanwhile.
class DefaultBridge {
 public:
  DefaultBridge() : was_there_(is_there()) {}
  ~DefaultBridge() {
    if (!was_there_ || is_there()) return;
    std::cerr
        << "docker0, which is the machine's engine's, has gone while this test had an engine of its own\n";
    std::abort();
  }
  DefaultBridge(const DefaultBridge&) = delete;
  DefaultBridge& operator=(const DefaultBridge&) = delete;

 private:
  static bool is_there() { return std::filesystem::exists("/sys/class/net/docker0"); }

  const bool was_there_;
};

}  // namespace tests
