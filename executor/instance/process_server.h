// A platform server as a process of this machine, with all that it starts. It must not know the protocol that
// is spoken with it.
#pragma once

#include <array>
#include <memory>
#include <string>

#include "base/io_loop.h"
#include "base/latch.h"
#include "executor/instance/cgroups.h"
#include "executor/instance/process_launcher.h"
#include "executor/instance/process_spec.h"
#include "executor/instance/sampler.h"
#include "executor/instance/server.h"
#include "executor/track/children.h"

namespace executor::instance {

/// What all host processes of a run have in common. All of it must outlive them.
struct ProcessHost {
  track::Children& children;
  ProcessLauncher& launcher;
  Cgroups& cgroups;
  base::IoLoop& loop;
  Sampler* sampler = nullptr;  ///< null: nothing is measured while they run
};

/// The process that is started is the leader of a session and a process group. When it ends, everything that
/// it has started ends with it, as in a container: its group at once, and whatever has left that, and is an
/// orphan of ours by then, is looked for.
class ProcessServer final : public Server {
 public:
  /// `root` is the folder that it runs in. SIGPIPE must be ignored.
  ProcessServer(ProcessHost& host, const config::Platform& platform, std::filesystem::path root,
                ProcessSurroundings around);
  ~ProcessServer() override;

  tl::expected<void, Error> start(Output& output, const base::Deadline& deadline,
                                  const std::stop_token& stop) override;
  Written write(std::string_view bytes, const base::Deadline& deadline, const std::stop_token& stop) override;
  void read_here(const std::function<bool()>& enough, const base::Deadline& deadline,
                 const std::stop_token& stop) override;
  void close_stdin() override;
  void terminate() override;
  void kill() override;
  tl::expected<std::optional<Exit>, Error> wait(const base::Deadline& deadline,
                                                const std::stop_token& stop) override;
  std::string dispose() override;
  void measure() override;
  [[nodiscard]] Measured measured() const override;
  [[nodiscard]] std::string image_reference() const override { return {}; }
  [[nodiscard]] std::string image_id() const override { return {}; }
  [[nodiscard]] std::string command() const override { return command_line(platform_.process); }

 private:
  class Life;
  class Stream;
  class End;

  [[nodiscard]] Error failed(const std::string& why) const;
  tl::expected<void, Error> run(const ProcessSpec& spec, Output& output);
  bool watch(base::Fd out, base::Fd err);
  bool end_rest(const base::Deadline& deadline);

  ProcessHost& host_;
  const config::Platform& platform_;
  const std::filesystem::path root_;
  const ProcessSurroundings around_;
  std::unique_ptr<Cgroup> cgroup_;
  base::Fd stdin_;
  std::shared_ptr<Meter> meter_;  ///< once started, and after
  std::optional<base::TimePoint> created_;
  std::optional<base::TimePoint> started_;
  std::shared_ptr<Life> life_;                   ///< null until started, and after dispose
  std::array<base::IoLoop::Source, 3> sources_;  ///< its end, and its two streams
};

}  // namespace executor::instance
