// What every chaos test starts from: an image whose server is one static program, a folder with scenarios,
// and cexec on an engine that a fault proxy stands before.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "docker/client.h"
#include "executor/track/objects.h"
#include "tests/support/fault_proxy.h"
#include "tests/support/process.h"
#include "tests/support/temp_folder.h"

namespace tests::chaos {

/// A client of the engine behind a unix socket; waits for it to answer. Throws where it does not.
std::unique_ptr<docker::Client> client_of(const std::string& socket);

/// Makes the image of the chaos server, if it is not there; returns its reference.
std::string make_image(const docker::Client& client);

/// Options of every cexec of a session.
struct Setup {
  std::string engine_socket;
  std::string image;
  std::vector<std::string> mode{"--container-seq"};  ///< and what belongs to it
  std::string feature = {};                          ///< in the place of the usual scenarios
};

/// A folder with three scenarios of two processes each, one of them with a volume and a network.
class Folder {
 public:
  explicit Folder(const Setup& setup);
  [[nodiscard]] const std::filesystem::path& path() const { return folder_.path(); }

 private:
  TempFolder folder_;
};

/// One cexec, under way. `docker_host` is the proxy's or the engine's own.
class Run {
 public:
  Run(const Setup& setup, const std::string& docker_host, const std::vector<std::string>& words = {});

  [[nodiscard]] Process& process() { return *process_; }
  /// How the labels of its objects end: ":PID:START_TIME".
  [[nodiscard]] const std::string& owner() const { return owner_; }
  /// Not yet ended.
  [[nodiscard]] bool is_alive() const;
  /// SIGKILL; from any thread, and also where it has ended already.
  void kill();
  void kill_watchdog();
  void wait_for_watchdog();

 private:
  Folder folder_;
  std::unique_ptr<Process> process_;
  base::Fd handle_;           ///< pidfd_open(2): of this process and no later one
  base::Fd watchdog_handle_;  ///< the same; none if it ended at once
  std::string owner_;
};

/// What the engine shows of one owner, or of all.
std::vector<executor::track::Object> objects_of(const docker::Client& client, const std::string& owner = {});
/// Names of its containers that run.
std::vector<std::string> running_of(const docker::Client& client, const std::string& owner);

/// Outcomes of the cases that a console's output lists, and what is wrong with it as a whole: no last line, a
/// count that does not fit, something left. Empty if all is well.
std::string fault_of_report(const std::string& out);

/// What `work` returns, as an exit code; 2 where it throws, which is printed. So what it holds is taken down,
/// a private engine above all.
int run_to_its_end(const std::function<int()>& work);

}  // namespace tests::chaos
