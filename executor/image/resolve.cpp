// The images of platforms: found, pulled or built. It must not know what is run from them.
#include "executor/image/resolve.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <deque>
#include <fstream>
#include <map>
#include <sstream>
#include <thread>

#include "docker/dockerfile.h"
#include "docker/image_build.h"
#include "docker/images.h"
#include "docker/registry_auth.h"
#include "docker/sha256.h"
#include "executor/image/pull_meter.h"
#include "executor/text/units.h"

namespace executor::image {
namespace {

constexpr std::size_t kOutputLines = 30;

std::string lower(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return text;
}

/// Keeps the last lines, and hands each on as it is complete.
class OutputLines {
 public:
  explicit OutputLines(const Progress& progress) : progress_(progress) {}

  void add(std::string_view text) {
    for (const char c : text) {
      if (c == '\n') {
        take();
      } else {
        line_ += c;
      }
    }
  }
  std::string last_lines() {
    take();
    std::string all;
    for (const auto& line : lines_) all += line + "\n";
    return all;
  }

 private:
  void take() {
    if (line_.empty()) return;
    if (progress_.on_output) progress_.on_output(line_);
    if (lines_.size() == kOutputLines) lines_.pop_front();
    lines_.push_back(std::exchange(line_, {}));
  }

  const Progress& progress_;
  std::string line_;
  std::deque<std::string> lines_;
};

Error failure(const config::Platform& platform, std::string_view what, const docker::Error& error,
              std::string hint) {
  return {fmt::format("platform '{}': {}: {}", platform.name.text(), what, error.message),
          std::move(hint),
          {},
          error.kind == docker::ErrorKind::cancelled};
}

docker::Result<std::string> tag_of(const config::Platform& platform, const docker::BuildContext& context) {
  auto digest = context.digest();
  if (!digest) return digest;
  const auto& build = *platform.build;
  docker::Sha256 all;
  const auto add = [&all](std::string_view text) { all.add(fmt::format("{}:{}\n", text.size(), text)); };
  add(*digest);
  add(build.dockerfile);
  add(build.target);
  for (const auto& [name, value] : build.args) {
    add(name);
    add(value);
  }
  return fmt::format("cexec-{}:{}", lower(platform.name.text()), all.finish_hex().substr(0, 16));
}

tl::expected<docker::BuildContext, Error> scan(const config::Platform& platform) {
  auto context = docker::BuildContext::scan(platform.build->context, platform.build->dockerfile);
  if (context) return std::move(*context);
  return tl::unexpected(failure(platform, "cannot be built", context.error(), "see `build:` in cexec.yaml"));
}

tl::unexpected<Error> no_image(const config::Platform& platform) {
  return tl::unexpected(Error{fmt::format("platform '{}' has neither build nor image", platform.name.text()),
                              "container modes need one of them; `process:` alone is for host processes",
                              {},
                              false});
}

/// Of what the engine says; `obtained` is for the caller to know.
model::PlatformImage image_of(const config::Platform& platform, const std::string& reference,
                              const docker::ImageDetails& details, model::Obtained obtained) {
  model::PlatformImage image{platform.name, reference, details.id, {}, {}, obtained};
  if (!details.architecture.empty())
    image.architecture = fmt::format("{}/{}", details.os, details.architecture);
  const auto parsed = docker::parse_image_reference(reference);
  const auto of_that_name = [&parsed](const std::string& digest) {
    return parsed && digest.starts_with(parsed->name + "@");
  };
  const auto& digests = details.digests;
  const auto found = std::find_if(digests.begin(), digests.end(), of_that_name);
  if (found != digests.end()) image.repo_digest = *found;
  if (found == digests.end() && !digests.empty()) image.repo_digest = digests.front();
  // What was built here is in no registry, whatever name an engine makes up for it.
  if (platform.build) image.repo_digest.clear();
  return image;
}

std::string digest_of(std::string_view repo_digest) {
  const auto at = repo_digest.find('@');
  return at == std::string_view::npos ? std::string() : std::string(repo_digest.substr(at + 1));
}

constexpr const char* kLockHint =
    "`cexec images lock` takes what is there now into images.lock; `cexec images pull` fetches what is "
    "locked";

/// Why a run must not use the image; empty if it may.
std::string breach_of(const Lock* lock, const config::Platform& platform, const model::PlatformImage& image,
                      const std::vector<std::string>& digests) {
  if (lock == nullptr) return {};
  const auto found = lock->find(platform.name);
  if (found == lock->end()) return "images.lock does not name it";
  const auto& locked = found->second;
  // A build of the same content elsewhere has another id: what it is held to is its content.
  if (platform.build) {
    if (locked.reference == image.reference) return {};
    return fmt::format("images.lock holds {} ({}), and the folder's content makes {} ({}) of it",
                       locked.reference, locked.id, image.reference,
                       image.id.empty() ? "not built" : image.id);
  }
  const auto has_digest = [&locked](const std::string& digest) {
    return !locked.digest.empty() && digest_of(digest) == digest_of(locked.digest);
  };
  if (image.id == locked.id || std::any_of(digests.begin(), digests.end(), has_digest)) return {};
  const auto& is = image.repo_digest.empty() ? image.id : image.repo_digest;
  return fmt::format("images.lock holds {}, and {} is {}", locked.digest.empty() ? locked.id : locked.digest,
                     image.reference, is);
}

tl::expected<model::PlatformImage, Error> checked(const Lock* lock, const config::Platform& platform,
                                                  model::PlatformImage image,
                                                  const std::vector<std::string>& digests) {
  const auto breach = breach_of(lock, platform, image, digests);
  if (breach.empty()) return image;
  return tl::unexpected(
      Error{fmt::format("platform '{}': {}", platform.name.text(), breach), kLockHint, {}, false});
}

/// Of the registries that the Dockerfile's images come from, and of no other: an engine is to see no more.
tl::expected<std::string, Error> credentials_to_build(const config::Platform& platform, const Options& how,
                                                      const docker::Call& call) {
  if (!how.environment) return std::string();
  std::ostringstream dockerfile;
  dockerfile << std::ifstream(platform.build->context / platform.build->dockerfile).rdbuf();
  std::map<std::string, docker::RegistryAuth> auths;
  for (const auto& image : docker::images_of_dockerfile(dockerfile.str(), platform.build->args)) {
    const auto reference = docker::parse_image_reference(image);
    if (!reference) continue;  // the builder says what is wrong with it
    const auto registry = docker::registry_of(*reference);
    if (auths.contains(registry)) continue;
    const auto found = docker::find_registry_auth(registry, how.environment, call);
    if (!found)
      return tl::unexpected(
          failure(platform, fmt::format("no credentials for {}", registry), found.error(), {}));
    if (*found) auths.emplace(registry, **found);
  }
  return docker::registry_config_header(auths);
}

tl::expected<model::PlatformImage, Error> build(const docker::Client& client,
                                                const config::Platform& platform, const Options& how,
                                                const Progress& progress, const docker::Call& call) {
  const auto context = scan(platform);
  if (!context) return tl::unexpected(context.error());
  const auto tag = tag_of(platform, *context);
  if (!tag) return tl::unexpected(failure(platform, "cannot be built", tag.error(), {}));
  // Before a build: it would be for nothing.
  if (auto held = checked(how.lock, platform, {platform.name, *tag}, {}); !held) return held;
  auto there = docker::inspect_image(client, *tag, call);
  if (there) return image_of(platform, *tag, *there, model::Obtained::found);
  if (!there.error().is_status(404)) {
    return tl::unexpected(failure(platform, "the engine was asked for its image", there.error(), {}));
  }
  auto credentials = credentials_to_build(platform, how, call);
  if (!credentials) return tl::unexpected(std::move(credentials.error()));
  const auto folder = platform.build->context.lexically_proximate(std::filesystem::current_path());
  progress.on_phase(fmt::format("building from {}", folder.string()));
  OutputLines output(progress);
  docker::BuildOptions options{
      *tag, platform.build->args, platform.build->target, platform.build->network, {}, false, *credentials};
  const auto id = docker::build_image(
      client, *context, options, [&output](std::string_view text) { output.add(text); }, call);
  if (id) there = docker::inspect_image(client, *id, call);
  if (id && there) return image_of(platform, *tag, *there, model::Obtained::built);
  auto error = failure(platform, "its image could not be built", id ? there.error() : id.error(),
                       "the build's last lines are above; `docker build` of the same folder shows the same");
  error.build_output = output.last_lines();
  return tl::unexpected(std::move(error));
}

std::string pull_hint(const docker::Error& error) {
  const auto says = [&error](std::string_view text) { return error.message.find(text) != std::string::npos; };
  if (says("not found") || says("manifest unknown") || says("denied") || says("does not exist")) {
    return "is the name right? an image of this machine is found by `docker images`, one that is built wants "
           "`build:`";
  }
  return "can the engine reach the registry?";
}

/// Pulls with the credentials of its registry, if there are any.
tl::expected<void, Error> pull(const docker::Client& client, const config::Platform& platform,
                               const docker::ImageReference& reference, const Options& how,
                               const Progress& progress, const docker::Call& call) {
  const auto name = reference.text();
  std::string auth;
  if (how.environment) {
    const auto found = docker::find_registry_auth(docker::registry_of(reference), how.environment, call);
    if (!found)
      return tl::unexpected(failure(platform, "no credentials for its registry", found.error(), {}));
    if (*found) auth = docker::registry_auth_header(**found);
  }
  progress.on_phase(fmt::format("pulling {}", name));
  PullMeter meter(name, progress.on_phase);
  const auto pulled = docker::pull_image(
      client, reference, [&meter](const docker::PullProgress& p) { meter.add(p); }, call, auth);
  if (pulled) return {};
  return tl::unexpected(failure(platform,
                                fmt::format("the engine does not have {} and could not pull it", name),
                                pulled.error(), pull_hint(pulled.error())));
}

/// What images.lock says is pulled by its digest, and gets the name that cexec.yaml uses.
tl::expected<void, Error> pull_locked(const docker::Client& client, const config::Platform& platform,
                                      const docker::ImageReference& reference, const std::string& digest,
                                      const Options& how, const Progress& progress,
                                      const docker::Call& call) {
  const auto locked = docker::parse_image_reference(digest);
  if (!locked) return tl::unexpected(failure(platform, "images.lock", locked.error(), {}));
  if (auto pulled = pull(client, platform, *locked, how, progress, call); !pulled) return pulled;
  if (reference.tag.empty()) return {};
  const auto tagged = docker::tag_image(client, digest, reference, call);
  if (!tagged) return tl::unexpected(failure(platform, "its tag could not be set", tagged.error(), {}));
  return {};
}

tl::expected<void, Error> pull_wanted(const docker::Client& client, const config::Platform& platform,
                                      const docker::ImageReference& reference, const Options& how,
                                      const Progress& progress, const docker::Call& call) {
  if (how.pull_anew && how.lock != nullptr) {
    const auto locked = how.lock->find(platform.name);
    if (locked != how.lock->end() && !locked->second.digest.empty()) {
      return pull_locked(client, platform, reference, locked->second.digest, how, progress, call);
    }
  }
  return pull(client, platform, reference, how, progress, call);
}

tl::expected<model::PlatformImage, Error> find_or_pull(const docker::Client& client,
                                                       const config::Platform& platform, const Options& how,
                                                       const Progress& progress, const docker::Call& call) {
  auto reference = docker::parse_image_reference(platform.image);
  if (!reference) return tl::unexpected(failure(platform, "`image`", reference.error(), {}));
  if (reference->tag.empty() && reference->digest.empty()) reference->tag = "latest";
  auto obtained = model::Obtained::found;
  auto there = docker::inspect_image(client, platform.image, call);
  if (how.pull_anew || (!there && there.error().is_status(404))) {
    if (auto pulled = pull_wanted(client, platform, *reference, how, progress, call); !pulled) {
      return tl::unexpected(std::move(pulled.error()));
    }
    obtained = model::Obtained::pulled;
    there = docker::inspect_image(client, reference->text(), call);
  }
  if (!there)
    return tl::unexpected(failure(platform, "the engine was asked for its image", there.error(), {}));
  return checked(how.lock, platform, image_of(platform, platform.image, *there, obtained), there->digests);
}

}  // namespace

tl::expected<model::PlatformImage, Error> resolve(const docker::Client& client,
                                                  const config::Platform& platform, const Options& options,
                                                  const Progress& progress, const docker::Call& call) {
  if (platform.build) return build(client, platform, options, progress, call);
  if (!platform.image.empty()) return find_or_pull(client, platform, options, progress, call);
  return no_image(platform);
}

std::vector<tl::expected<model::PlatformImage, Error>> resolve_all(
    const docker::Client& client, const std::vector<const config::Platform*>& platforms,
    const Options& options, const std::function<Progress(const config::Platform&)>& progress_of,
    bool stop_at_first, const docker::Call& call) {
  std::vector<tl::expected<model::PlatformImage, Error>> results(platforms.size());
  std::vector<Progress> progress;
  for (const auto* platform : platforms) progress.push_back(progress_of(*platform));
  std::stop_source stop;
  const std::stop_callback on_stop(call.stop, [&stop] { stop.request_stop(); });
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (auto i = next++; i < platforms.size(); i = next++) {
      results[i] = resolve(client, *platforms[i], options, progress[i], {call.deadline, stop.get_token()});
      if (!results[i] && stop_at_first) stop.request_stop();
    }
  };
  // More at once than there are cores would only make each wait for the others.
  const auto count = std::clamp<std::size_t>(std::thread::hardware_concurrency(), 2, platforms.size() + 2);
  std::vector<std::jthread> threads;
  for (std::size_t i = 1; i < std::min(count, platforms.size()); ++i) threads.emplace_back(work);
  work();
  threads.clear();
  return results;
}

tl::expected<Found, Error> look_up(const docker::Client& client, const config::Platform& platform,
                                   const docker::Call& call, const Lock* lock) {
  Found found;
  found.reference = platform.image;
  if (platform.build) {
    const auto context = scan(platform);
    if (!context) return tl::unexpected(context.error());
    auto tag = tag_of(platform, *context);
    if (!tag) return tl::unexpected(failure(platform, "cannot be built", tag.error(), {}));
    found.reference = std::move(*tag);
  }
  if (found.reference.empty()) return no_image(platform);
  found.image = {platform.name, found.reference};
  const auto there = docker::inspect_image(client, found.reference, call);
  if (!there && !there.error().is_status(404)) {
    return tl::unexpected(failure(platform, "the engine was asked for its image", there.error(), {}));
  }
  if (there) {
    found.image = image_of(platform, found.reference, *there, model::Obtained::found);
    found.id = there->id;
    found.size = there->size;
  }
  if (there || platform.build) {
    found.not_as_locked =
        breach_of(lock, platform, found.image, there ? there->digests : std::vector<std::string>());
  }
  return found;
}

}  // namespace executor::image
