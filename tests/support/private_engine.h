// An engine of a test's own, to be stopped, hung and started again: never the one that others use.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <memory>
#include <string>

#include "tests/support/default_bridge.h"
#include "tests/support/process.h"
#include "tests/support/temp_folder.h"

namespace tests {

/// dockerd with roots and a network namespace of its own, so that several may live on a machine; nothing in
/// it reaches any network. Needs root, or sudo that asks nothing. What it leaves behind in /var/lib and /run
/// is nothing; its data is gone with it.
class PrivateEngine {
 public:
  /// Its data lies on a tmpfs of that size, so that the disk can be filled.
  explicit PrivateEngine(std::size_t disk_megabytes = 256);
  ~PrivateEngine();
  PrivateEngine(const PrivateEngine&) = delete;
  PrivateEngine& operator=(const PrivateEngine&) = delete;

  [[nodiscard]] std::string socket() const { return (folder_.path() / "docker.sock").string(); }

  /// Returns once it has been started, not once it answers.
  void start();
  /// SIGKILL, SIGSTOP, SIGCONT…; nothing happens where it does not live.
  void signal(int number);
  /// Sends a signal that ends it, and waits for its end.
  void stop(int number);

  /// Takes all room on its disk, and gives it back.
  void fill_disk();
  void free_disk();

 private:
  [[nodiscard]] std::string data() const { return (folder_.path() / "data").string(); }

  const DefaultBridge machines_;  // before all that might take it away
  TempFolder folder_;
  std::unique_ptr<Process> dockerd_;
};

}  // namespace tests
