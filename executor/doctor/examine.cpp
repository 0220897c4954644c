// The whole examination of one engine, in its order. It must not print.
#include "executor/doctor/examine.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>

#include "base/random.h"
#include "docker/image_build.h"
#include "docker/images.h"
#include "executor/doctor/findings.h"
#include "executor/doctor/probe.h"

namespace executor::doctor {
namespace {

namespace fs = std::filesystem;

constexpr const char* kInput = "doctor says hello\n";
constexpr std::int64_t kVolumeSize = std::int64_t{8} << 20U;

/// As an entry of cexec.yaml without any key would be, but smaller.
config::Platform modest_platform() {
  config::Platform platform;
  platform.name = model::PlatformName("doctor");
  platform.limits = {std::int64_t{64} << 20U, 200'000'000, 64};
  platform.tmpfs["/tmp"] = "size=8m,nosuid,nodev,mode=1777";
  platform.ulimits = {{"core", 0, 0}};
  return platform;
}

class Examination {
 public:
  Examination(track::Tracker& tracker, const docker::Endpoint& endpoint,
              const std::function<void(const Finding&)>& on_finding, const docker::Call& call)
      : tracker_(tracker), endpoint_(endpoint), on_finding_(on_finding), call_(call), prober_(tracker) {}

  bool run() {
    const auto facts = ask(tracker_.client(), endpoint_, call_);
    if (!facts) {
      tell({Verdict::bad, "engine", facts.error().describe(), "does `docker info` answer?"});
      return false;
    }
    tell_all(judge_engine(*facts));
    if (const auto wrong = prober_.prepare(call_); !wrong.empty()) {
      tell({Verdict::bad, "images", wrong, "no image can be imported: what a case shares cannot be held"});
      return false;
    }
    const auto platform = modest_platform();
    const auto& cgroup = facts->info.cgroup_version;
    tell_all(judge_container(prober_.run(container_questions(cgroup), platform, kInput, {}, {}, call_),
                             platform, cgroup, kInput));
    tell(judge_eater(
        prober_.run({"eat", std::to_string(platform.limits.memory * 2)}, platform, {}, {}, {}, call_),
        platform));
    examine_sharing(platform);
    examine_build();
    return all_good_;
  }

 private:
  void tell(const Finding& finding) {
    if (finding.verdict == Verdict::bad) all_good_ = false;
    on_finding_(finding);
  }
  void tell_all(const std::vector<Finding>& findings) {
    for (const auto& finding : findings) tell(finding);
  }

  void examine_sharing(const config::Platform& platform) {
    const track::Belonging shared{model::CaseId("doctor"), {}};
    const auto volume = tracker_.create_volume(kVolumeSize, shared, call_);
    if (!volume) {
      tell({Verdict::bad, "shared volume", volume.error().describe(),
            "cases that share a volume cannot run here"});
    }
    const auto network = tracker_.create_network(shared, call_);
    if (!network) {
      tell({Verdict::bad, "shared network", network.error().describe(),
            "cases with a shared network cannot run here"});
    }
    if (volume && network) {
      const auto neighbor = prober_.start_neighbor({"listen"}, platform, *network, call_);
      std::vector<std::string> words{"fill", "/exchange/cexec-doctor", "read", "/proc/net/dev"};
      if (neighbor) words.insert(words.end(), {"connect", *neighbor});
      const auto probed = prober_.run(words, platform, {}, *network, *volume, call_);
      tell_all(judge_shared(probed, kVolumeSize, neighbor.value_or(std::string())));
      prober_.remove_neighbor();
    }
    if (volume) std::ignore = tracker_.remove_volume(*volume);
    if (network) std::ignore = tracker_.remove_network(*network);
  }

  /// An image of one file, from nothing: needs no registry.
  void examine_build() {
    const auto name = "cexec-doctor-" + base::random_uuid().substr(0, 8);
    const auto folder = fs::temp_directory_path() / name;
    std::error_code error;
    fs::create_directory(folder, error);
    std::ofstream(folder / "Dockerfile") << "FROM scratch\nCOPY Dockerfile /\n";
    const auto context = docker::BuildContext::scan(folder, "Dockerfile");
    const auto built = context ? docker::build_image(tracker_.client(), *context,
                                                     {name + ":1", {}, {}, {}, {}, true}, {}, call_)
                               : tl::unexpected(context.error());
    fs::remove_all(folder, error);
    if (built) {
      std::ignore = docker::remove_image(tracker_.client(), *built, call_);
      return tell({Verdict::good, "build", "an image was built", {}});
    }
    tell({Verdict::bad, "build", built.error().describe(),
          "platforms with `build:` cannot be built here; give them an `image:`"});
  }

  track::Tracker& tracker_;
  const docker::Endpoint& endpoint_;
  const std::function<void(const Finding&)>& on_finding_;
  const docker::Call call_;
  Prober prober_;
  bool all_good_ = true;
};

}  // namespace

bool examine(track::Tracker& tracker, const docker::Endpoint& endpoint,
             const std::function<void(const Finding&)>& on_finding, const docker::Call& call) {
  return Examination(tracker, endpoint, on_finding, call).run();
}

}  // namespace executor::doctor
