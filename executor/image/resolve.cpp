// The image of a platform: found, pulled or built. It must not know what is run from it.
#include "executor/image/resolve.h"

#include <fmt/format.h>

#include <deque>

#include "docker/image_build.h"
#include "docker/images.h"
#include "docker/sha256.h"

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

tl::expected<model::PlatformImage, Error> build(const docker::Client& client,
                                                const config::Platform& platform, const Progress& progress,
                                                const docker::Call& call) {
  const auto context = scan(platform);
  if (!context) return tl::unexpected(context.error());
  const auto tag = tag_of(platform, *context);
  if (!tag) return tl::unexpected(failure(platform, "cannot be built", tag.error(), {}));
  const auto there = docker::inspect_image(client, *tag, call);
  if (there) return model::PlatformImage{platform.name, *tag, there->id};
  if (!there.error().is_status(404)) {
    return tl::unexpected(failure(platform, "the engine was asked for its image", there.error(), {}));
  }
  const auto folder = platform.build->context.lexically_proximate(std::filesystem::current_path());
  progress.on_phase(fmt::format("building from {}", folder.string()));
  OutputLines output(progress);
  docker::BuildOptions options{
      *tag, platform.build->args, platform.build->target, platform.build->network, {}, false};
  const auto id = docker::build_image(
      client, *context, options, [&output](std::string_view text) { output.add(text); }, call);
  if (id) return model::PlatformImage{platform.name, *tag, *id};
  auto error = failure(platform, "its image could not be built", id.error(),
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

tl::expected<model::PlatformImage, Error> find_or_pull(const docker::Client& client,
                                                       const config::Platform& platform,
                                                       const Progress& progress, const docker::Call& call) {
  auto reference = docker::parse_image_reference(platform.image);
  if (!reference) return tl::unexpected(failure(platform, "`image`", reference.error(), {}));
  if (reference->tag.empty() && reference->digest.empty()) reference->tag = "latest";
  const auto name = reference->text();
  auto there = docker::inspect_image(client, platform.image, call);
  if (!there && there.error().is_status(404)) {
    progress.on_phase(fmt::format("pulling {}", name));
    const auto pulled = docker::pull_image(
        client, *reference,
        [&progress](const docker::PullProgress& p) {
          if (p.total == 0 && progress.on_output)
            progress.on_output(p.layer.empty() ? p.status : p.layer + ": " + p.status);
        },
        call);
    if (!pulled) {
      return tl::unexpected(failure(platform,
                                    fmt::format("the engine does not have {} and could not pull it", name),
                                    pulled.error(), pull_hint(pulled.error())));
    }
    there = docker::inspect_image(client, name, call);
  }
  if (!there)
    return tl::unexpected(failure(platform, "the engine was asked for its image", there.error(), {}));
  return model::PlatformImage{platform.name, platform.image, there->id};
}

}  // namespace

tl::expected<model::PlatformImage, Error> resolve(const docker::Client& client,
                                                  const config::Platform& platform, const Progress& progress,
                                                  const docker::Call& call) {
  if (platform.build) return build(client, platform, progress, call);
  if (!platform.image.empty()) return find_or_pull(client, platform, progress, call);
  return no_image(platform);
}

tl::expected<Found, Error> look_up(const docker::Client& client, const config::Platform& platform,
                                   const docker::Call& call) {
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
  const auto there = docker::inspect_image(client, found.reference, call);
  if (there) return Found{std::move(found.reference), there->id, there->size};
  if (there.error().is_status(404)) return found;
  return tl::unexpected(failure(platform, "the engine was asked for its image", there.error(), {}));
}

}  // namespace executor::image
