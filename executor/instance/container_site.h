// Sites made of containers: a tmpfs volume, an internal network, an IPC namespace, and the servers'
// containers.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "base/io_loop.h"
#include "executor/instance/site.h"
#include "executor/model/event.h"
#include "executor/track/tracker.h"

namespace executor::instance {

/// Makes sites on one engine. All that it is given must outlive it and its sites.
class ContainerSites : public SiteFactory {
 public:
  ContainerSites(track::Tracker& tracker, base::IoLoop& loop,
                 std::map<model::PlatformName, model::PlatformImage> images)
      : tracker_(tracker), loop_(loop), images_(std::move(images)) {}

  std::unique_ptr<Site> make_site(SiteRequest request) override;

 private:
  class ContainerSite;

  /// Id of the image whose containers do nothing but live. Imported on first use.
  docker::Result<std::string> pause_image(const docker::Call& call);

  track::Tracker& tracker_;
  base::IoLoop& loop_;
  const std::map<model::PlatformName, model::PlatformImage> images_;
  std::mutex mutex_;
  std::string pause_image_;
};

}  // namespace executor::instance
