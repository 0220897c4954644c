// Where the instances of one case live together: what they share, and the making of their servers. The seam
// between a schedule and containers or host processes.
#pragma once

#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "base/deadline.h"
#include "executor/config/config.h"
#include "executor/instance/server.h"
#include "executor/model/ids.h"

namespace executor::instance {

/// One server that is wanted.
struct ServerRequest {
  model::ProcessName process;
  const config::Platform* platform = nullptr;
  config::Limits limits;
};

/// The place of one case. One thread uses it at a time, but for make_server, which several may call at once.
class Site {
 public:
  Site() = default;
  Site(const Site&) = delete;
  Site& operator=(const Site&) = delete;
  virtual ~Site() = default;

  /// Makes what the instances share. Blocks to the deadline. After an error, `close` is still to be called.
  virtual tl::expected<void, Error> open(const base::Deadline& deadline, const std::stop_token& stop) = 0;
  /// A server that is not started yet.
  virtual std::unique_ptr<Server> make_server(const ServerRequest& request) = 0;
  /// Empties what the instances share, for another case with the same processes. Only where the request said
  /// that it outlives the instances. Blocks to the deadline. After an error the place is not fit for that.
  virtual tl::expected<void, Error> clean(const base::Deadline& deadline, const std::stop_token& stop) = 0;
  /// Takes away what `open` made, once all servers are disposed of. Ignores any cancellation. What went
  /// wrong.
  virtual std::vector<std::string> close() = 0;
};

/// One case that wants a place.
struct SiteRequest {
  model::CaseId case_id;
  config::Sharing sharing;
  std::vector<model::ProcessName> processes;
  std::int64_t shm_size = 0;        ///< bytes of /dev/shm, where the IPC namespace is shared
  bool outlives_instances = false;  ///< what is shared must last while no instance runs
  bool may_be_joined = false;       ///< other containers may share the instances' namespaces, to look inside
};

/// Thread-safe.
class SiteFactory {
 public:
  SiteFactory() = default;
  SiteFactory(const SiteFactory&) = delete;
  SiteFactory& operator=(const SiteFactory&) = delete;
  virtual ~SiteFactory() = default;
  virtual std::unique_ptr<Site> make_site(SiteRequest request) = 0;
  /// To be called before each case: blocks, for a minute at most, while what sites are made on is known not
  /// to work. The error says that it is given up: no further case can run.
  virtual tl::expected<void, Error> await_usable(const std::stop_token&) { return {}; }
  /// For how long in all that did not work so far: time that no case is to pay for. Grows only.
  [[nodiscard]] virtual std::chrono::milliseconds absence() const { return {}; }
};

}  // namespace executor::instance
