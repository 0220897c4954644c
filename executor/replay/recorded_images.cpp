// Getting the very images that a bundle names, wherever they can be had. It must not know what is run from
// them.
#include "executor/replay/recorded_images.h"

#include <fmt/format.h>

#include <fstream>
#include <memory>
#include <optional>
#include <set>

#include "docker/images.h"
#include "docker/registry_auth.h"
#include "executor/bundle/image_archive.h"
#include "executor/text/quote.h"

namespace executor::replay {
namespace {

constexpr const char* kBuildHint =
    "an image that was built is in no registry: check out what was tested, or record with --save-images";

std::string digest_part(const std::string& repo_digest) {
  return repo_digest.substr(repo_digest.find('@') + 1);
}

class Getter {
 public:
  Getter(const docker::Client& client, const ImagePlaces& places, const Tell& tell, const docker::Call& call,
         const std::vector<model::PlatformImage>& recorded)
      : client_(client), places_(places), tell_(tell), call_(call) {
    for (const auto& image : recorded) ids_.insert(image.id);
  }

  tl::expected<RecordedImage, image::Error> get(const model::PlatformImage& recorded) {
    tried_.clear();
    if (has(recorded.id)) return found(recorded, model::Obtained::found);
    if (!recorded.repo_digest.empty()) {
      auto pulled = pull(recorded);
      if (!pulled || *pulled) return finish(pulled, recorded);
    }
    if (!places_.bundle.empty()) {
      if (auto wrong = load(); !wrong.empty())
        return error(recorded, "the bundle's images are refused: " + wrong);
      if (has(recorded.id)) return found(recorded, model::Obtained::loaded);
      tried_.push_back("it is not in the bundle, whatever that says");
    } else {
      tried_.emplace_back("the bundle holds no images");
    }
    return build(recorded);
  }

 private:
  using Maybe = tl::expected<std::optional<RecordedImage>, image::Error>;

  bool has(const std::string& id) {
    const auto there = docker::inspect_image(client_, id, call_);
    return there && there->id == id;
  }

  static RecordedImage found(model::PlatformImage image, model::Obtained how) {
    image.obtained = how;
    return {std::move(image), {}};
  }

  static tl::unexpected<image::Error> error(const model::PlatformImage& recorded, const std::string& what) {
    return tl::unexpected(image::Error{
        fmt::format("platform '{}': {}", text::quote(recorded.name.text()), what), {}, {}, false});
  }

  static tl::expected<RecordedImage, image::Error> finish(Maybe& pulled, const model::PlatformImage&) {
    if (!pulled) return tl::unexpected(std::move(pulled.error()));
    return std::move(**pulled);
  }

  /// Nothing: it is not to be had there.
  Maybe pull(const model::PlatformImage& recorded) {
    const auto reference = docker::parse_image_reference(recorded.repo_digest);
    if (!reference) return error(recorded, reference.error().message);
    tell_(recorded.name, "pulling " + recorded.repo_digest);
    std::string auth;
    if (places_.environment) {
      const auto found =
          docker::find_registry_auth(docker::registry_of(*reference), places_.environment, call_);
      if (!found) return error(recorded, found.error().message);
      if (*found) auth = docker::registry_auth_header(**found);
    }
    const auto pulled = docker::pull_image(client_, *reference, {}, call_, auth);
    if (!pulled) {
      tried_.push_back(fmt::format("{}: {}", recorded.repo_digest, text::quote(pulled.error().message, 200)));
      return std::nullopt;
    }
    const auto there = docker::inspect_image(client_, recorded.repo_digest, call_);
    if (!there) return error(recorded, there.error().describe());
    auto image = found(recorded, model::Obtained::pulled);
    image.image.id = there->id;
    // Some engines name images by their manifests and not by their configurations: then the digest is the id.
    if (there->id == recorded.id || there->id == digest_part(recorded.repo_digest)) return image;
    return error(recorded, fmt::format("{} is the image {}, and the bundle says {}: one of them is forged",
                                       recorded.repo_digest, there->id, recorded.id));
  }

  std::string load() {
    if (is_loaded_) return {};
    if (auto wrong = bundle::check_image_archive(places_.bundle, ids_); !wrong.empty()) return wrong;
    const auto file = std::make_shared<std::ifstream>(places_.bundle, std::ios::binary);
    const auto loaded = docker::load_images(
        client_,
        [file](std::span<char> into) -> docker::Result<std::size_t> {
          file->read(into.data(), static_cast<std::streamsize>(into.size()));
          return static_cast<std::size_t>(file->gcount());
        },
        call_);
    if (!loaded) return loaded.error().describe();
    is_loaded_ = true;
    return {};
  }

  tl::expected<RecordedImage, image::Error> build(const model::PlatformImage& recorded) {
    const auto* platform =
        places_.project == nullptr ? nullptr : places_.project->find_platform(recorded.name);
    if (platform == nullptr || !platform->build) return give_up(recorded);
    const auto here = image::look_up(client_, *platform, call_);
    if (!here) return tl::unexpected(here.error());
    if (here->reference != recorded.reference) {
      tried_.push_back(fmt::format("the content of {} makes {} of it", platform->build->context.string(),
                                   here->reference));
      return give_up(recorded);
    }
    const image::Progress progress{[this, &recorded](std::string_view text) { tell_(recorded.name, text); },
                                   {}};
    auto image = image::resolve(client_, *platform, {places_.environment, nullptr, false}, progress, call_);
    if (!image) return tl::unexpected(std::move(image.error()));
    return RecordedImage{std::move(*image), "built here from the same content"};
  }

  tl::unexpected<image::Error> give_up(const model::PlatformImage& recorded) {
    auto wrong = error(
        recorded, fmt::format("the recorded image {} ({}) is not to be had: the engine does not have it; {}",
                              text::quote(recorded.reference, 200), recorded.id, fmt::join(tried_, "; ")));
    if (recorded.repo_digest.empty()) wrong.value().hint = kBuildHint;
    return wrong;
  }

  const docker::Client& client_;
  const ImagePlaces& places_;
  const Tell& tell_;
  const docker::Call& call_;
  std::set<std::string> ids_;
  std::vector<std::string> tried_;
  bool is_loaded_ = false;
};

}  // namespace

tl::expected<std::map<model::PlatformName, RecordedImage>, image::Error> obtain_images(
    const docker::Client& client, const std::vector<model::PlatformImage>& recorded,
    const ImagePlaces& places, const Tell& tell, const docker::Call& call) {
  Getter getter(client, places, tell, call, recorded);
  std::map<model::PlatformName, RecordedImage> images;
  for (const auto& image : recorded) {
    auto got = getter.get(image);
    if (!got) return tl::unexpected(std::move(got.error()));
    images.emplace(image.name, std::move(*got));
  }
  return images;
}

}  // namespace executor::replay
