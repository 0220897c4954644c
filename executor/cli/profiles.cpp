// Profiles: options under a name in the config. It must not know what an option does.
#include "executor/cli/profiles.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "executor/text/nearest.h"

namespace executor::cli {
namespace {

/// Options that have their name already and are not part of this version: a profile may hold them for
/// another.
constexpr std::array<std::string_view, 9> kReservedOptions{"parallel",      "priority",     "failed",
                                                           "changed",       "self-protect", "cpu-threshold",
                                                           "mem-threshold", "resume",       "mode"};

std::string dashed(std::string option) {
  std::replace(option.begin(), option.end(), '_', '-');
  return option;
}

/// "cexec.yaml:27: profiles.ci.retries: …"
std::string complaint(const config::Config& config, const std::string& profile,
                      const config::Setting& setting, std::string_view message) {
  return fmt::format("{}:{}: profiles.{}.{}: {}", config.file.string(), setting.line, profile, setting.option,
                     message);
}

/// Empty if every option of every profile exists.
std::string check_profiles(const config::Config& config) {
  auto known = run_option_names();
  known.insert(known.end(), kReservedOptions.begin(), kReservedOptions.end());
  for (const auto& [name, profile] : config.profiles) {
    for (const auto& setting : profile) {
      const auto option = dashed(setting.option);
      const bool is_own = option == "profile" || option == "config" || option == "help";
      if (!is_own && std::find(known.begin(), known.end(), option) != known.end()) continue;
      return complaint(
          config, name, setting,
          is_own ? "stands on the command line only" : "unknown option" + text::did_you_mean(option, known));
    }
  }
  return {};
}

/// The profile's settings as words of a command line. A setting that is `false` is none.
tl::expected<std::vector<std::string>, std::string> profile_words(const config::Config& config,
                                                                  const std::string& name) {
  std::vector<std::string> words;
  for (const auto& setting : config.profiles.at(name)) {
    const auto option = dashed(setting.option);
    if (option == "mode") {
      const auto word = setting.values.size() == 1 ? setting.values.front() : std::string();
      if (word != "container-seq" && word != "container-par") {
        return tl::unexpected(
            complaint(config, name, setting, "this version knows container-seq and container-par only"));
      }
      words.push_back("--" + word);
      continue;
    }
    if (std::find(kReservedOptions.begin(), kReservedOptions.end(), option) != kReservedOptions.end()) {
      return tl::unexpected(complaint(config, name, setting, "is not part of this version of cexec"));
    }
    for (const auto& value : setting.values) {
      if (value == "false") continue;
      words.push_back(value == "true" ? "--" + option : fmt::format("--{}={}", option, value));
    }
  }
  return words;
}

}  // namespace

tl::expected<Arguments, std::string> with_profile(const std::vector<std::string>& words,
                                                  const Arguments& arguments, const config::Config& config) {
  if (auto wrong = check_profiles(config); !wrong.empty()) return tl::unexpected(std::move(wrong));
  const auto& name = arguments.run.profile;
  if (name.empty()) return arguments;
  if (!config.profiles.contains(name)) {
    std::vector<std::string> known;
    for (const auto& [profile, unused] : config.profiles) known.push_back(profile);
    return tl::unexpected(
        fmt::format("{} has no profile '{}'{}", config.file.string(), name, text::did_you_mean(name, known)));
  }
  const auto extra = profile_words(config, name);
  if (!extra) return tl::unexpected(extra.error());
  const auto base = parse_run_words(*extra, {});
  if (!base)
    return tl::unexpected(fmt::format("{}: profiles.{}: {}", config.file.string(), name, base.error()));
  return parse_arguments(words, base->run);
}

}  // namespace executor::cli
