// Sites made of containers: a tmpfs volume, an internal network, an IPC namespace, and the servers'
// containers.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>

#include "base/io_loop.h"
#include "executor/instance/container_meters.h"
#include "executor/instance/namespace_pool.h"
#include "executor/instance/pause_image.h"
#include "executor/instance/site.h"
#include "executor/instance/start_gate.h"
#include "executor/model/event.h"
#include "executor/track/tracker.h"

namespace executor::instance {

/// Makes sites on one engine. All that it is given must outlive it and its sites.
class ContainerSites : public SiteFactory {
 public:
  /// `namespaces` are those to lend; none by default.
  ContainerSites(track::Tracker& tracker, base::IoLoop& loop,
                 std::map<model::PlatformName, model::PlatformImage> images,
                 const NamespacePool::Size& namespaces = {})
      : tracker_(tracker),
        loop_(loop),
        images_(std::move(images)),
        pause_image_(tracker.client()),
        namespaces_(tracker, pause_image_, namespaces) {}

  /// How many processors the engine has, as soon as somebody knows.
  void know_cpus(std::size_t cpus) { start_gate_.know_cpus(cpus); }

  std::unique_ptr<Site> make_site(SiteRequest request) override;
  tl::expected<void, Error> await_usable(const std::stop_token& stop) override;
  [[nodiscard]] std::chrono::milliseconds absence() const override { return tracker_.health().absence(); }

 private:
  class ContainerSite;

  track::Tracker& tracker_;
  base::IoLoop& loop_;
  const std::map<model::PlatformName, model::PlatformImage> images_;
  PauseImage pause_image_;
  NamespacePool namespaces_;
  StartGate start_gate_;
  ContainerMeters meters_{tracker_.client()};
};

}  // namespace executor::instance
