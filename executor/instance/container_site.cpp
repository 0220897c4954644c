// Sites made of containers: a tmpfs volume, an internal network, an IPC namespace, and the servers'
// containers.
#include "executor/instance/container_site.h"

#include <fmt/format.h>

#include "executor/instance/container_server.h"
#include "executor/instance/container_spec.h"
#include "executor/instance/engine_error.h"
#include "executor/instance/pause_container.h"
#include "executor/text/units.h"

namespace executor::instance {
namespace {

/// An engine that is started again removes what ran in it first, which takes its time.
constexpr base::milliseconds kReturnTime{60'000};

}  // namespace

class ContainerSites::ContainerSite final : public Site {
 public:
  ContainerSite(ContainerSites& sites, SiteRequest request) : sites_(sites), request_(std::move(request)) {}
  ~ContainerSite() override { ContainerSite::close(); }

  tl::expected<void, Error> open(const base::Deadline& deadline, const std::stop_token& stop) override {
    const docker::Call call{deadline, stop};
    const track::Belonging shared{request_.case_id, {}};
    const auto& sharing = request_.sharing;
    if (sharing.network) {
      auto network = sites_.tracker_.create_network(shared, call);
      if (!network) return fail("the case's network could not be made", network.error());
      network_ = std::move(*network);
    }
    if (!sharing.volume.empty()) {
      auto volume = sites_.tracker_.create_volume(sharing.volume_size, shared, call);
      if (!volume) return fail("the case's volume could not be made", volume.error());
      volume_ = std::move(*volume);
    }
    // A tmpfs is emptied when the last container that has it stops, and an IPC namespace ends with its first.
    const bool volume_must_last = !volume_.empty() && request_.outlives_instances;
    return sharing.ipc || volume_must_last ? start_holder(shared, call) : tl::expected<void, Error>();
  }

  std::unique_ptr<Server> make_server(const ServerRequest& request) override {
    const auto& image = sites_.images_.at(request.platform->name);
    Surroundings around;
    around.run = sites_.tracker_.run();
    around.process = request.process;
    around.peers = request_.processes;
    around.image_id = image.id;
    around.limits = request.limits;
    around.network = network_;
    around.volume = volume_;
    around.volume_path = request_.sharing.volume;
    around.may_be_joined = request_.may_be_joined;
    around.ipc_holder = request_.sharing.ipc ? holder_->id() : std::string();
    return std::make_unique<ContainerServer>(
        sites_.tracker_, sites_.loop_, container_spec(*request.platform, around),
        track::Belonging{request_.case_id, request.process}, image, sites_.start_gate_,
        can_borrow_namespace(*request.platform, around) ? &sites_.namespaces_ : nullptr, &sites_.meters_);
  }

  tl::expected<void, Error> clean(const base::Deadline& deadline, const std::stop_token& stop) override {
    if (!holder_ || volume_.empty()) return {};
    const auto emptied = holder_->empty_folder(request_.sharing.volume, {deadline, stop});
    if (emptied) return {};
    return fail("what the case before had left could not be removed", emptied.error());
  }

  std::vector<std::string> close() override {
    std::vector<std::string> problems;
    const auto note = [&problems](const docker::Result<void>& removed) {
      if (!removed) problems.push_back(removed.error().describe());
    };
    if (holder_) {
      const auto removed = holder_->remove();
      note(removed);
      if (!removed && lease_) lease_->condemn();
      lease_.reset();
      holder_.reset();
    }
    if (!network_.empty()) note(sites_.tracker_.remove_network(std::exchange(network_, {})));
    if (!volume_.empty()) note(sites_.tracker_.remove_volume(std::exchange(volume_, {})));
    if (!std::exchange(is_checked_, true)) {
      const bool with_shared = request_.sharing.network || !request_.sharing.volume.empty();
      for (auto& left : sites_.tracker_.check_case(request_.case_id, with_shared))
        problems.push_back(std::move(left));
    }
    return problems;
  }

 private:
  [[nodiscard]] tl::unexpected<Error> fail(std::string_view what, const docker::Error& error) const {
    return tl::unexpected(engine_error(what, error, sites_.tracker_.health()));
  }

  tl::expected<void, Error> start_holder(const track::Belonging& shared, const docker::Call& call) {
    const auto image = sites_.pause_image_.id(call);
    if (!image) return fail("the image that holds what a case shares could not be imported", image.error());
    const auto& sharing = request_.sharing;
    auto spec = holder_spec(*image, {volume_, sharing.volume, sharing.ipc, request_.shm_size});
    if (auto lease = sites_.namespaces_.borrow(call)) {
      spec.host.network_mode = lease->network_mode();
      lease_.emplace(std::move(*lease));
    }
    auto started = PauseContainer::start(sites_.tracker_, std::move(spec), shared, call);
    if (!started)
      return fail("the container that holds what the case shares could not be started", started.error());
    holder_ = std::move(*started);
    return {};
  }

  ContainerSites& sites_;
  const SiteRequest request_;
  std::string network_;
  std::string volume_;
  std::optional<NamespacePool::Lease> lease_;  ///< of the holder
  std::unique_ptr<PauseContainer> holder_;
  bool is_checked_ = false;  ///< the engine was asked what is left
};

std::unique_ptr<Site> ContainerSites::make_site(SiteRequest request) {
  return std::make_unique<ContainerSite>(*this, std::move(request));
}

tl::expected<void, Error> ContainerSites::await_usable(const std::stop_token& stop) {
  auto& health = tracker_.health();
  if (!health.is_doubted()) return {};
  if (const auto answered = health.await(kReturnTime, stop); !answered) {
    auto error = engine_error(
        fmt::format("the engine did not come back within {}", text::format_duration(kReturnTime)),
        answered.error(), health);
    return tl::unexpected(std::move(error));
  }
  tracker_.remove_left();
  return {};
}

}  // namespace executor::instance
