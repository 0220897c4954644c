// Sites on this machine itself: a folder, addresses on the loopback interface, and processes. They keep cases
// apart as far as that goes without containers.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "executor/instance/process_server.h"
#include "executor/instance/site.h"
#include "executor/model/ids.h"

namespace executor::instance {

/// Makes sites whose servers run in `root`; what a case shares is a folder in `folder`. All that it is given
/// must outlive it and its sites.
class ProcessSites : public SiteFactory {
 public:
  ProcessSites(ProcessHost& host, model::RunId run, std::filesystem::path root, std::filesystem::path folder);

  std::unique_ptr<Site> make_site(SiteRequest request) override;

 private:
  class ProcessSite;

  /// Addresses of 127.0.0.0/8, all of which are this machine's: one for each process of each case, so that no
  /// two ever want the same port. Those of two runs begin at random places.
  std::string next_address();
  std::string next_marker();

  ProcessHost& host_;
  const model::RunId run_;
  const std::filesystem::path root_;
  const std::filesystem::path folder_;
  std::atomic<std::uint32_t> address_;
  std::atomic<unsigned> count_{0};
};

}  // namespace executor::instance
