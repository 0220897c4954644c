// Sites on this machine itself: a folder, addresses on the loopback interface, and processes. They keep cases
// apart as far as that goes without containers.
#include "executor/instance/process_site.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <functional>
#include <map>
#include <system_error>

namespace executor::instance {
namespace {

namespace fs = std::filesystem;

/// 127.1.0.1 to 127.254.255.254: what others use by habit is below, and what ends in 0 or 255 looks like a
/// network's own.
constexpr std::uint32_t kAddresses = 254U * 256U * 254U;

}  // namespace

class ProcessSites::ProcessSite final : public Site {
 public:
  ProcessSite(ProcessSites& sites, SiteRequest request) : sites_(sites), request_(std::move(request)) {}
  ~ProcessSite() override { ProcessSite::close(); }

  tl::expected<void, Error> open(const base::Deadline& /*deadline*/,
                                 const std::stop_token& /*stop*/) override {
    if (request_.sharing.network) {
      for (const auto& process : request_.processes) peers_[process] = sites_.next_address();
    }
    if (request_.sharing.volume.empty()) return {};
    const auto folder = sites_.folder_ / sites_.next_marker();
    if (::mkdir(folder.c_str(), 0777) != 0) {
      return tl::unexpected(Error{fmt::format("the case's folder could not be made: {}: {}", folder.string(),
                                              std::generic_category().message(errno)),
                                  {}});
    }
    folder_ = folder;
    return {};
  }

  std::unique_ptr<Server> make_server(const ServerRequest& request) override {
    ProcessSurroundings around;
    around.run = sites_.run_;
    around.process = request.process;
    around.marker = fmt::format("{}/{}", sites_.run_.text(), sites_.next_marker());
    around.folder = folder_.string();
    around.peers = peers_;
    around.limits = request.limits;
    around.memory_is_limited = sites_.host_.cgroups.limits_memory();
    return std::make_unique<ProcessServer>(sites_.host_, *request.platform, sites_.root_, std::move(around));
  }

  /// The folder itself stays: the servers know it by its name.
  tl::expected<void, Error> clean(const base::Deadline& /*deadline*/,
                                  const std::stop_token& /*stop*/) override {
    if (folder_.empty()) return {};
    std::error_code error;
    std::vector<fs::path> content;
    for (fs::directory_iterator it(folder_, error), end; !error && it != end; it.increment(error))
      content.push_back(it->path());
    for (const auto& entry : content) {
      if (!error) fs::remove_all(entry, error);
    }
    if (!error) return {};
    return tl::unexpected(Error{
        fmt::format("the case's folder could not be emptied: {}: {}", folder_.string(), error.message()),
        {}});
  }

  std::vector<std::string> close() override {
    if (folder_.empty()) return {};
    const auto folder = std::exchange(folder_, {});
    std::error_code error;
    fs::remove_all(folder, error);
    if (!error) return {};
    return {fmt::format("the case's folder could not be removed: {}: {}", folder.string(), error.message())};
  }

 private:
  ProcessSites& sites_;
  const SiteRequest request_;
  fs::path folder_;
  std::map<model::ProcessName, std::string> peers_;
};

ProcessSites::ProcessSites(ProcessHost& host, model::RunId run, fs::path root, fs::path folder)
    : host_(host),
      run_(std::move(run)),
      root_(std::move(root)),
      folder_(std::move(folder)),
      address_(static_cast<std::uint32_t>(std::hash<std::string>()(run_.text()) % kAddresses)) {}

std::unique_ptr<Site> ProcessSites::make_site(SiteRequest request) {
  return std::make_unique<ProcessSite>(*this, std::move(request));
}

std::string ProcessSites::next_address() {
  const auto n = address_.fetch_add(1) % kAddresses;
  return fmt::format("127.{}.{}.{}", n / (256U * 254U) + 1, n / 254U % 256U, n % 254U + 1);
}

std::string ProcessSites::next_marker() {
  return std::to_string(++count_);
}

}  // namespace executor::instance
