// A platform server in a container of its own. It must not know the protocol that is spoken with it.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "base/io_loop.h"
#include "base/latch.h"
#include "docker/attach.h"
#include "docker/container_create.h"
#include "docker/exit_watch.h"
#include "executor/instance/container_meters.h"
#include "executor/instance/namespace_pool.h"
#include "executor/instance/server.h"
#include "executor/instance/start_gate.h"
#include "executor/track/tracker.h"

namespace executor::instance {

/// The engine's order of things (docs of docker/): create → attach → wait for the exit → start; its end is
/// told by the exit watch, its output's end by the attached stream, how it ended by inspecting it.
class ContainerServer final : public Server {
 public:
  /// All that it is given must outlive it; without meters nothing is measured. `spec` lacks name and
  /// labels. With `namespaces` it may live in a borrowed network namespace in the place of one of its own.
  ContainerServer(track::Tracker& tracker, base::IoLoop& loop, docker::ContainerSpec spec,
                  track::Belonging belonging, model::PlatformImage image, StartGate& gate,
                  NamespacePool* namespaces, ContainerMeters* meters = nullptr);
  ~ContainerServer() override;

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
  tl::expected<void, Error> check(const base::Deadline& deadline, const std::stop_token& stop) override;
  [[nodiscard]] std::chrono::milliseconds absence() const override { return tracker_.health().absence(); }
  /// An engine holds both streams open until the container ends, whatever is closed inside.
  [[nodiscard]] bool can_outlive_its_output() const override { return false; }
  std::string dispose() override;
  [[nodiscard]] std::string image_reference() const override { return image_.reference; }
  [[nodiscard]] std::string image_id() const override { return image_.id; }
  [[nodiscard]] model::PlatformImage image() const override { return image_; }
  [[nodiscard]] std::string container() const override { return id_; }
  void measure() override;
  [[nodiscard]] Measured measured() const override;

 private:
  class OutputSource;
  class ExitSource;

  tl::expected<void, Error> start_once(Output& output, const docker::Call& call);
  void borrow_namespace(const docker::Call& call);
  void return_namespace(bool is_empty);
  tl::expected<void, Error> create(const docker::Call& call);
  tl::expected<void, Error> attach(Output& output, const docker::Call& call);
  void signal(const char* name);
  [[nodiscard]] Error failed(std::string_view what, const docker::Error& error) const;
  [[nodiscard]] bool was_killed_by_somebody(std::int64_t code) const;
  bool watch_again();
  void let_go_of_streams();

  track::Tracker& tracker_;
  base::IoLoop& loop_;
  docker::ContainerSpec spec_;
  const track::Belonging belonging_;
  const model::PlatformImage image_;
  StartGate& gate_;
  NamespacePool* const namespaces_;
  std::optional<NamespacePool::Lease> lease_;
  ContainerMeters* const meters_;
  std::shared_ptr<Meter> meter_;  ///< while it runs, and after
  std::optional<base::TimePoint> created_;
  std::optional<base::TimePoint> started_;
  std::string id_;  ///< empty until created, and after dispose
  std::shared_ptr<OutputSource> output_;
  std::shared_ptr<ExitSource> exit_;
  bool was_refused_ = false;   ///< the engine said no to creating or starting it
  bool is_signalled_ = false;  ///< by us
  bool may_run_ = false;       ///< a start was asked for, and not refused
  std::optional<Exit> ended_;  ///< once it is known
};

}  // namespace executor::instance
