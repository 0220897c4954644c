// `cexec images`: the images of the config's platforms.
#include "executor/cli/images_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <mutex>

#include "executor/cli/engine.h"
#include "executor/cli/setup.h"
#include "executor/image/resolve.h"
#include "executor/text/quote.h"
#include "executor/text/units.h"

namespace executor::cli {
namespace {

using namespace std::chrono_literals;
using Action = ImagesArguments::Action;

constexpr std::size_t kLongestLine = 400;

class ImagesCommand {
 public:
  ImagesCommand(const ImagesArguments& arguments, const config::Config& config, const docker::Client& client)
      : arguments_(arguments), config_(config), client_(client) {
    for (const auto& platform : config.platforms) {
      name_width_ = std::max(name_width_, platform.name.text().size());
      if (platform.build || !platform.image.empty()) platforms_.push_back(&platform);
    }
  }

  ExitCode run() {
    auto lock = image::read_lock(config_.root);
    // `lock` writes a new one, whatever is wrong with the old one.
    if (!lock && arguments_.action != Action::lock) {
      complain(lock.error(), "`cexec images lock` writes it anew");
      return ExitCode::bad_input;
    }
    if (lock && *lock) lock_ = std::move(**lock);
    switch (arguments_.action) {
      case Action::list: return list();
      case Action::build: return make(platforms_, {docker::process_environment(), held_to(), false});
      case Action::pull: return pull();
      case Action::lock: return write_lock();
    }
    return ExitCode::all_passed;
  }

 private:
  [[nodiscard]] const image::Lock* held_to() const { return lock_ ? &*lock_ : nullptr; }

  void tell(const config::Platform& platform, std::string_view text) {
    const std::lock_guard guard(mutex_);
    std::cout << fmt::format("{:<{}}  {}", platform.name.text(), name_width_, text::quote(text, kLongestLine))
              << std::endl;
  }

  image::Progress progress_of(const config::Platform& platform) {
    return {[this, &platform](std::string_view text) { tell(platform, text); },
            [this, &platform](std::string_view text) {
              if (arguments_.verbose || text.starts_with("Step ")) tell(platform, text);
            }};
  }

  void print_failure(const image::Error& error) {
    const std::lock_guard guard(mutex_);
    if (!error.build_output.empty()) std::cerr << error.build_output;
    complain(error.reason, error.hint);
  }

  /// Leaves what became of them in `made_`.
  ExitCode make(const std::vector<const config::Platform*>& platforms, const image::Options& options) {
    auto code = ExitCode::all_passed;
    const auto results =
        image::resolve_all(client_, platforms, options,
                           [this](const config::Platform& platform) { return progress_of(platform); }, false,
                           {base::Deadline::never(), {}});
    for (std::size_t i = 0; i < platforms.size(); ++i) {
      if (results[i]) {
        made_.push_back(*results[i]);
        tell(*platforms[i], fmt::format("{} ({}), {}", results[i]->reference, results[i]->id.substr(7, 12),
                                        model::name_of(results[i]->obtained)));
      } else {
        print_failure(results[i].error());
        code = ExitCode::could_not_run;
      }
    }
    return code;
  }

  ExitCode pull() {
    auto named = platforms_;
    std::erase_if(named, [](const auto* platform) { return platform->build.has_value(); });
    if (named.empty()) {
      std::cout << "no platform has an `image:`; `cexec images build` builds the others\n";
      return ExitCode::all_passed;
    }
    return make(named, {docker::process_environment(), held_to(), true});
  }

  ExitCode write_lock() {
    if (const auto code = make(platforms_, {docker::process_environment(), nullptr, false});
        code != ExitCode::all_passed) {
      return code;
    }
    for (const auto& image : made_) tell_change(image);
    if (const auto written = image::write_lock(config_.root, made_); !written) {
      complain(written.error());
      return ExitCode::bad_input;
    }
    const auto path = (config_.root / image::kLockFile).lexically_proximate(std::filesystem::current_path());
    std::cout << fmt::format("{}: {}\n", path.string(), text::counted(made_.size(), "platform"));
    return ExitCode::all_passed;
  }

  /// What the old lock held it to, where that is something else.
  void tell_change(const model::PlatformImage& image) {
    if (!lock_ || !lock_->contains(image.name)) return;
    const auto& old = lock_->at(image.name);
    const auto was = old.digest.empty() ? fmt::format("{} {}", old.reference, old.id) : old.digest;
    const auto is =
        image.repo_digest.empty() ? fmt::format("{} {}", image.reference, image.id) : image.repo_digest;
    if (was != is)
      std::cout << fmt::format("{}: was {}\n{:>{}}  is {}\n", image.name.text(), was, "",
                               image.name.text().size(), is);
  }

  /// A line a platform: its name, its image, and whether the engine has it. With --check, that decides.
  ExitCode list() {
    auto code = ExitCode::all_passed;
    for (const auto& platform : config_.platforms) {
      if (!platform.build && platform.image.empty()) {
        tell(platform, "(host process only)");
        continue;
      }
      const auto found = image::look_up(client_, platform, {base::Deadline::in(kAnswerTime), {}}, held_to());
      if (!found) {
        print_failure(found.error());
        return ExitCode::bad_input;
      }
      tell(platform, describe(*found, platform));
      if (arguments_.verbose && !found->image.repo_digest.empty()) tell(platform, found->image.repo_digest);
      if (!found->not_as_locked.empty()) tell(platform, "not as locked: " + found->not_as_locked);
      if (found->id.empty() || !found->not_as_locked.empty()) code = ExitCode::could_not_run;
    }
    return arguments_.check ? code : ExitCode::all_passed;
  }

  [[nodiscard]] std::string describe(const image::Found& found, const config::Platform& platform) const {
    if (found.id.empty()) return found.reference + (platform.build ? "  not built" : "  not there");
    const bool is_locked = lock_ && found.not_as_locked.empty();
    return fmt::format("{}  {} {} {}{}", found.reference, found.id.substr(7, 12),
                       text::format_size(found.size), found.image.architecture, is_locked ? "  locked" : "");
  }

  const ImagesArguments& arguments_;
  const config::Config& config_;
  const docker::Client& client_;
  std::optional<image::Lock> lock_;
  std::vector<const config::Platform*> platforms_;
  std::size_t name_width_ = 0;
  std::mutex mutex_;  // of what is printed
  std::vector<model::PlatformImage> made_;
};

}  // namespace

ExitCode images_command(const ImagesArguments& arguments) {
  const auto config = load_config(arguments.config);
  if (!config) return config.error();
  const auto engine = connect_engine({base::Deadline::in(kAnswerTime), {}});
  if (!engine) {
    complain(engine.error().reason, engine.error().hint);
    return ExitCode::could_not_run;
  }
  return ImagesCommand(arguments, *config, *engine->client).run();
}

}  // namespace executor::cli
