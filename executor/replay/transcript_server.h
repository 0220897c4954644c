// The part of a process played from its recorded messages, so that another one can be looked at alone. It
// must not know what the messages mean.
#pragma once

#include <memory>
#include <vector>

#include "executor/instance/server.h"
#include "executor/instance/site.h"
#include "executor/model/framing.h"
#include "executor/replay/transcript.h"

namespace executor::replay {

/// Makes the server of one process as `real` does, and those of all others out of the recorded messages: each
/// request is answered with what was answered to the request of that method then, in their order. A request
/// that had no answer then has none now. Both arguments must outlive it.
class SoloSites : public instance::SiteFactory {
 public:
  SoloSites(instance::SiteFactory& real, model::ProcessName solo,
            const std::map<model::ProcessName, std::vector<Exchange>>& exchanges)
      : real_(real), solo_(std::move(solo)), exchanges_(exchanges) {}

  std::unique_ptr<instance::Site> make_site(instance::SiteRequest request) override;
  tl::expected<void, instance::Error> await_usable(const std::stop_token& stop) override {
    return real_.await_usable(stop);
  }
  [[nodiscard]] std::chrono::milliseconds absence() const override { return real_.absence(); }

 private:
  class SoloSite;

  instance::SiteFactory& real_;
  const model::ProcessName solo_;
  const std::map<model::ProcessName, std::vector<Exchange>>& exchanges_;
};

}  // namespace executor::replay
