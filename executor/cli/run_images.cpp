// How a run comes by its images: those that a project's config and images.lock name. It must not run
// anything.
#include "executor/cli/run_images.h"

#include <algorithm>

namespace executor::cli {
namespace {

image::Progress progress_of(const config::Platform& platform, const TellPreparing& tell) {
  const auto teller = [&tell, name = platform.name](bool is_detail) {
    return [&tell, name, is_detail](std::string_view text) { tell(name, text, is_detail); };
  };
  return {teller(false), teller(true)};
}

}  // namespace

ImageSource project_images(const plan::Plan& plan, std::filesystem::path root) {
  return [&plan, root = std::move(root)](const docker::Client& client, const TellPreparing& tell,
                                         const docker::Call& call) -> tl::expected<ImageMap, image::Error> {
    const auto lock = image::read_lock(root);
    if (!lock)
      return tl::unexpected(image::Error{lock.error(), "`cexec images lock` writes it anew", {}, false});
    const image::Options options{docker::process_environment(), *lock ? &**lock : nullptr, false};
    auto resolved = image::resolve_all(
        client, plan::used_platforms(plan), options,
        [&tell](const config::Platform& platform) { return progress_of(platform, tell); }, true, call);
    // One that was cancelled was so for the sake of another.
    const auto is_failure = [](const auto& image) { return !image && !image.error().cancelled; };
    auto failed = std::find_if(resolved.begin(), resolved.end(), is_failure);
    if (failed == resolved.end()) {
      failed = std::find_if(resolved.begin(), resolved.end(), [](const auto& image) { return !image; });
    }
    if (failed != resolved.end()) return tl::unexpected(std::move(failed->error()));
    ImageMap images;
    for (auto& image : resolved) images.emplace(image->name, std::move(*image));
    return images;
  };
}

}  // namespace executor::cli
