// What a scenario's tags ask for. It must not know the steps.
#include "executor/plan/tags.h"

#include <fmt/format.h>

#include <algorithm>

#include "executor/text/nearest.h"
#include "executor/text/units.h"

namespace executor::plan {
namespace {

/// Tags with a meaning; some of them only for options that choose and order.
const std::vector<std::string> kKnownKeys{"timeout", "step-timeout", "platform", "memory",     "network",
                                          "ipc",     "volume",       "priority", "depends-on", "requires",
                                          "serial",  "slow",         "skip",     "planned"};

std::vector<std::string> split(std::string_view list) {
  std::vector<std::string> items;
  while (true) {
    const auto comma = list.find(',');
    items.emplace_back(list.substr(0, comma));
    if (comma == std::string_view::npos) return items;
    list.remove_prefix(comma + 1);
  }
}

/// A bare number counts milliseconds, unlike on the command line: so the tags have always meant it.
tl::expected<milliseconds, std::string> read_milliseconds(std::string_view value) {
  const bool bare = !value.empty() && value.find_first_not_of("0123456789") == std::string_view::npos;
  auto span = text::parse_duration(bare ? std::string(value) + "ms" : std::string(value));
  if (span && *span <= milliseconds(0)) return tl::unexpected(std::string("must be more than 0"));
  return span;
}

/// The engine refuses less than 6 MiB (moby/daemon/daemon_unix.go).
tl::expected<std::int64_t, std::string> read_memory(std::string_view value) {
  auto size = text::parse_size(value);
  if (size && *size < (std::int64_t{6} << 20U)) return tl::unexpected(std::string("must be at least 6m"));
  return size;
}

class TagReader {
 public:
  TagReader(const config::Config& config, Scenario& scenario, PlatformTags& platforms)
      : config_(config), scenario_(scenario), platforms_(platforms) {}

  /// The error says what is wrong with the tag's value.
  tl::expected<void, std::string> read(std::string_view key, std::string_view value) {
    if (key == "timeout") return keep(read_milliseconds(value), scenario_.timeout);
    if (key == "step-timeout") return keep(read_milliseconds(value), scenario_.step_timeout);
    if (key == "memory") return keep(read_memory(value), scenario_.memory);
    if (key == "network") scenario_.sharing.network = true;
    if (key == "ipc") scenario_.sharing.ipc = true;
    if (key == "volume" && scenario_.sharing.volume.empty())
      scenario_.sharing.volume = config::kDefaultVolume;
    if (key == "skip") scenario_.skip = value.empty() ? "@skip" : fmt::format("@skip: {}", value);
    if (key == "serial") scenario_.is_serial = true;
    if (key == "planned") scenario_.skip = "@planned";
    if (key == "requires") return read_requires(value);
    if (key == "platform") return read_platforms(value, nullptr);
    const auto& processes = scenario_.processes;
    const auto process = std::find(processes.begin(), processes.end(), ProcessName(std::string(key)));
    if (process != processes.end() && !value.empty()) return read_platforms(value, &*process);
    return {};
  }

 private:
  template <class T>
  static tl::expected<void, std::string> keep(const tl::expected<T, std::string>& read,
                                              std::optional<T>& into) {
    if (!read) return tl::unexpected(read.error());
    into = *read;
    return {};
  }

  tl::expected<void, std::string> read_requires(std::string_view value) {
    if (value.empty()) return tl::unexpected(std::string("names no capability"));
    for (auto& name : split(value)) scenario_.requires_.push_back(std::move(name));
    return {};
  }

  tl::expected<void, std::string> read_platforms(std::string_view value, const ProcessName* process) {
    auto names = split(value);
    for (const auto& name : names) {
      if (is_platform_or_os(name)) continue;
      std::vector<std::string> known;
      for (const auto& platform : config_.platforms) known.push_back(platform.name.text());
      return tl::unexpected(
          fmt::format("there is no platform '{}'{}", name, text::did_you_mean(name, known)));
    }
    if (process == nullptr) {
      platforms_.every.push_back(std::move(names));
    } else {
      platforms_.each.emplace_back(*process, std::move(names));
    }
    return {};
  }

  [[nodiscard]] bool is_platform_or_os(const std::string& name) const {
    static const std::vector<std::string> kSystems{"linux", "windows", "darwin", "macos", "freebsd"};
    return std::find(kSystems.begin(), kSystems.end(), name) != kSystems.end() ||
           std::any_of(config_.platforms.begin(), config_.platforms.end(),
                       [&name](const auto& p) { return p.name.text() == name || p.os == name; });
  }

  const config::Config& config_;
  Scenario& scenario_;
  PlatformTags& platforms_;
};

/// "@wrtier:python" would restrict nothing, silently.
std::string misspelt(std::string_view key, bool has_value, const Scenario& scenario) {
  if (std::find(kKnownKeys.begin(), kKnownKeys.end(), key) != kKnownKeys.end()) return {};
  std::vector<std::string> known = kKnownKeys;
  if (has_value) {
    for (const auto& process : scenario.processes) known.push_back(process.text());
  }
  const auto nearest = key.size() > 3 ? text::nearest(key, known) : std::string();
  return nearest == key ? std::string() : nearest;
}

}  // namespace

std::string_view key_of(std::string_view tag) {
  return tag.substr(1, tag.find(':') - 1);
}

void read_tags(const gherkin::Pickle& pickle, const config::Config& config, Scenario& scenario,
               PlatformTags& platforms, std::vector<Problem>& errors, std::vector<Problem>& warnings) {
  TagReader reader(config, scenario, platforms);
  for (const auto* tag : pickle.tags) {
    scenario.tags.push_back(tag->name);
    const auto key = key_of(tag->name);
    const bool has_value = key.size() + 1 < tag->name.size();
    const auto value = has_value ? tag->name.substr(key.size() + 2) : std::string_view();
    const model::SourceLocation place{scenario.file->uri, tag->location.line, tag->location.column};
    if (const auto read = reader.read(key, value); !read) {
      errors.push_back({place, fmt::format("{}: {}", tag->name, read.error())});
    } else if (const auto meant = misspelt(key, has_value, scenario); !meant.empty()) {
      warnings.push_back(
          {place, fmt::format("{} has no meaning here; did you mean '@{}'?", tag->name, meant)});
    }
  }
}

}  // namespace executor::plan
