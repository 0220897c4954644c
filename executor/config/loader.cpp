// cexec.yaml → typed config, with the place of everything that is wrong. It must not know what the config is
// used for.
#include "executor/config/loader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <sstream>

#include "executor/config/platform_reader.h"
#include "executor/config/yaml_entry.h"
#include "executor/text/nearest.h"

namespace executor::config {
namespace {

namespace fs = std::filesystem;

bool is_name(std::string_view text) {
  const auto fits = [](unsigned char c) { return std::isalnum(c) != 0 || c == '_' || c == '-' || c == '.'; };
  return !text.empty() && text.size() <= 63 && std::isalnum(static_cast<unsigned char>(text.front())) != 0 &&
         std::all_of(text.begin(), text.end(), fits);
}

class Loader {
 public:
  Loader(const fs::path& file, const Environment& environment) : environment_(environment) {
    problems_.file = file.string();
    config_.file = file;
    config_.root = fs::absolute(file).lexically_normal().parent_path();
  }

  tl::expected<Config, std::vector<ConfigError>> run(const std::string& text) {
    if (const auto root = parse(text)) {
      if (root->IsMap()) {
        read(Entry(*root, "", 1, problems_));
      } else {
        fail_file(std::max(root->Mark().line, 0) + 1, "expected a map with `platforms` in it");
      }
    }
    if (problems_.too_many()) {  // other problems may come of what was not read
      problems_.list.clear();
      fail_file(0, fmt::format("holds more than {} values, each alias counted with all that it stands for",
                               Problems::kMostValues));
    }
    if (problems_.list.empty()) return std::move(config_);
    std::stable_sort(problems_.list.begin(), problems_.list.end(),
                     [](const ConfigError& a, const ConfigError& b) { return a.line < b.line; });
    return tl::unexpected(std::move(problems_.list));
  }

 private:
  void fail_file(int line, std::string message) {
    problems_.list.push_back({problems_.file, line, "", std::move(message)});
  }

  std::optional<YAML::Node> parse(const std::string& text) {
    try {
      return YAML::Load(text);
    } catch (const YAML::Exception& error) {  // the library's own way to tell
      fail_file(error.mark.line + 1, fmt::format("column {}: {}", error.mark.column + 1, error.msg));
      return std::nullopt;
    }
  }

  void read(const Entry& root) {
    Platform defaults;
    std::optional<Entry> platforms;
    std::optional<Entry> matrix;
    bool has_version = false;
    root.each_key({
        {"version",
         [&](const Entry& e) {
           has_version = true;
           if (const auto version = e.as_text(); version && *version != "1") {
             e.fail(fmt::format("this cexec reads version 1, not '{}'", *version));
           }
         }},
        {"features",
         [&](const Entry& e) {
           for (const auto& path : e.as_texts())
             config_.features.push_back((config_.root / path).lexically_normal());
         }},
        {"mode", [&](const Entry& e) { read_mode(e); }},
        {"default_process", [&](const Entry& e) { read_default_process(e); }},
        {"secret", [&](const Entry& e) { config_.secret = e.as_texts(); }},
        {"defaults", [&](const Entry& e) { e.each_key(limit_handlers(defaults.limits)); }},
        {"platforms", [&](const Entry& e) { platforms = e; }},
        {"scenario", [&](const Entry& e) { read_scenario(e); }},
        {"matrix", [&](const Entry& e) { matrix = e; }},
        {"profiles", [&](const Entry& e) { read_profiles(e); }},
    });
    if (!has_version) fail_file(1, "`version: 1` is missing");
    if (config_.features.empty()) config_.features.push_back(config_.root / "features");
    if (platforms) read_platforms(*platforms, defaults);
    if (config_.platforms.empty() && problems_.list.empty()) fail_file(1, "`platforms` names no platform");
    if (matrix) read_matrix(*matrix);  // last: it names platforms
  }

  void read_mode(const Entry& entry) {
    const auto word = entry.as_word({"process", "parallel", "container-seq", "container-sequential",
                                     "container-par", "container-parallel"});
    if (!word) return;
    if (word == "process") config_.mode = Mode::process;
    if (word == "parallel") config_.mode = Mode::process_parallel;
    if (word->starts_with("container-seq")) config_.mode = Mode::container_seq;
    if (word->starts_with("container-par")) config_.mode = Mode::container_par;
  }

  void read_default_process(const Entry& entry) {
    const auto name = entry.as_text();
    if (!name) return;
    if (!is_name(*name)) return entry.fail("a process is named with letters, digits, '_', '-' and '.'");
    config_.default_process = ProcessName(*name);
  }

  void read_platforms(const Entry& entry, const Platform& defaults) {
    for (const auto& [name, value] : entry.members()) {
      if (!is_name(name)) {
        value.fail("a platform is named with letters, digits, '_', '-' and '.'");
      } else if (!value.is_map()) {
        value.fail("expected a map");
      } else {
        config_.platforms.push_back(
            read_platform(value, PlatformName(name), defaults, config_.root, environment_));
      }
    }
  }

  void read_scenario(const Entry& entry) {
    Sharing& sharing = config_.scenario;
    entry.each_key({
        {"network",
         [&](const Entry& e) {
           sharing.network = e.as_word({"none", "shared"}) == "shared";
         }},
        {"ipc",
         [&](const Entry& e) {
           sharing.ipc = e.as_word({"private", "shared"}) == "shared";
         }},
        {"volume",
         [&](const Entry& e) {
           if (!e.is_map()) return read_volume_path(e);
           e.each_key({{"path", [&](const Entry& path) { read_volume_path(path); }},
                       {"size", [&](const Entry& size) {
                          sharing.volume_size = size.as_size().value_or(sharing.volume_size);
                        }}});
           if (sharing.volume.empty()) sharing.volume = kDefaultVolume;
         }},
    });
  }

  void read_volume_path(const Entry& entry) {
    const auto path = entry.as_text();
    if (!path) return;
    if (!path->starts_with('/') || path->size() < 2)
      return entry.fail(fmt::format("'{}' is no absolute path", *path));
    config_.scenario.volume = *path;
  }

  void read_matrix(const Entry& entry) {
    entry.each_key({
        {"combine",
         [&](const Entry& e) {
           const auto word = e.as_word({"all", "pairwise", "same", "each"});
           config_.matrix.combine_line = e.line();
           config_.matrix.combine = word == "pairwise" ? Combine::pairwise
                                    : word == "same"   ? Combine::same
                                    : word == "each"   ? Combine::each
                                                       : Combine::all;
         }},
        {"exclude",
         [&](const Entry& e) {
           for (const auto& item : e.items()) read_exclusion(item);
         }},
    });
  }

  void read_exclusion(const Entry& entry) {
    Exclusion exclusion;
    exclusion.line = entry.line();
    for (const auto& [process, value] : entry.members()) {
      std::set<PlatformName> names;
      for (const auto& name : value.as_texts()) {
        if (config_.find_platform(PlatformName(name)) == nullptr) fail_platform(value, name);
        names.insert(PlatformName(name));
      }
      exclusion.where.emplace(ProcessName(process), std::move(names));
    }
    if (exclusion.where.empty())
      return entry.fail("expected processes and their platforms, such as {writer: python}");
    config_.matrix.exclude.push_back(std::move(exclusion));
  }

  void fail_platform(const Entry& entry, const std::string& name) {
    std::vector<std::string> names;
    for (const auto& platform : config_.platforms) names.push_back(platform.name.text());
    entry.fail(fmt::format("there is no platform '{}'{}", name, text::did_you_mean(name, names)));
  }

  /// Which options there are is the command line's business; it checks them with their lines.
  void read_profiles(const Entry& entry) {
    for (const auto& [name, value] : entry.members()) {
      Profile profile;
      for (const auto& [option, setting] : value.members()) {
        profile.push_back({option, setting.line(), setting.as_texts()});
      }
      config_.profiles.emplace(name, std::move(profile));
    }
  }

  const Environment& environment_;
  Problems problems_;
  Config config_;
};

}  // namespace

std::string ConfigError::text() const {
  const auto place = line > 0 ? fmt::format("{}:{}", file, line) : file;
  return key.empty() ? fmt::format("{}: {}", place, message) : fmt::format("{}: {}: {}", place, key, message);
}

const Platform* Config::find_platform(const PlatformName& name) const {
  const auto it =
      std::find_if(platforms.begin(), platforms.end(), [&name](const Platform& p) { return p.name == name; });
  return it == platforms.end() ? nullptr : &*it;
}

tl::expected<Config, std::vector<ConfigError>> load(const fs::path& file, const Environment& environment) {
  std::ifstream content(file, std::ios::binary);
  std::ostringstream text;
  text << content.rdbuf();
  std::error_code ignored;
  if (!content || fs::is_directory(file, ignored)) {
    return tl::unexpected(
        std::vector<ConfigError>{{file.string(), 0, std::string(), "the file cannot be read"}});
  }
  return load_text(text.str(), file, environment);
}

tl::expected<Config, std::vector<ConfigError>> load_text(const std::string& text, const fs::path& file,
                                                         const Environment& environment) {
  return Loader(file, environment).run(text);
}

std::optional<fs::path> find_config(const fs::path& folder) {
  std::error_code ignored;
  for (auto at = fs::absolute(folder).lexically_normal();; at = at.parent_path()) {
    if (fs::is_regular_file(at / "cexec.yaml", ignored)) return at / "cexec.yaml";
    if (at == at.parent_path()) return std::nullopt;
  }
}

}  // namespace executor::config
