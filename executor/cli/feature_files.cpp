// Feature files on disk: which ones a command line or a config means, and their parsed content.
#include "executor/cli/feature_files.h"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <optional>
#include <set>
#include <system_error>

#include "executor/gherkin/line.h"
#include "executor/gherkin/parser.h"
#include "executor/text/nearest.h"
#include "executor/text/quote.h"
#include "executor/text/units.h"

namespace executor::cli {
namespace {

namespace fs = std::filesystem;

struct Wanted {
  fs::path path;  ///< absolute
  std::string as_given;
  std::optional<std::uint32_t> line;
};

/// "a/b.feature:12" → the path and 12. A file whose name ends so is taken as it is.
Wanted read_path(const std::string& text, const fs::path& here) {
  const auto absolute = [&here](const std::string& path) { return (here / path).lexically_normal(); };
  std::error_code ignored;
  const auto colon = text.rfind(':');
  if (colon != std::string::npos && !fs::exists(absolute(text), ignored)) {
    const auto line = text::parse_number(std::string_view(text).substr(colon + 1), 1, 1'000'000'000);
    if (line)
      return {absolute(text.substr(0, colon)), text.substr(0, colon), static_cast<std::uint32_t>(*line)};
  }
  return {absolute(text), text, std::nullopt};
}

std::vector<fs::path> feature_files_below(const fs::path& folder, std::error_code& error) {
  std::vector<fs::path> files;
  fs::recursive_directory_iterator it(folder, fs::directory_options::skip_permission_denied, error);
  for (; !error && it != fs::recursive_directory_iterator(); it.increment(error)) {
    if (it->path().extension() == ".feature" && it->is_regular_file(error)) files.push_back(it->path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

bool is_pattern(const std::string& path) {
  return path.find_first_of("*?[") != std::string::npos;
}

/// The folders of a pattern before the first that has a wildcard.
fs::path fixed_part(const fs::path& pattern) {
  fs::path folder;
  for (const auto& part : pattern) {
    if (is_pattern(part.string())) break;
    folder /= part;
  }
  return folder;
}

using Part = fs::path::const_iterator;

/// `**` stands for any number of folders. A pattern that matches a folder stands for what is below it.
bool matches(Part pattern, const Part& pattern_end, Part part, const Part& end) {
  for (; pattern != pattern_end; ++pattern, ++part) {
    if (*pattern == "**") {
      const auto rest = std::next(pattern);
      if (rest == pattern_end) return true;
      if (*rest == "**") return matches(rest, pattern_end, part, end);
      for (; part != end; ++part) {
        if (matches(rest, pattern_end, part, end)) return true;
      }
      return false;
    }
    if (part == end || ::fnmatch(pattern->c_str(), part->c_str(), FNM_PERIOD) != 0) return false;
  }
  return true;
}

bool matches(const fs::path& pattern, const fs::path& path) {
  return matches(pattern.begin(), pattern.end(), path.begin(), path.end());
}

class FeatureLoader {
 public:
  explicit FeatureLoader(const config::Config& config) : config_(config) {}

  void add(const Wanted& wanted, bool select) {
    std::error_code error;
    if (fs::is_directory(wanted.path, error)) {
      if (wanted.line)
        return fail(fmt::format("{} is a folder: a line stands for a scenario of one file", wanted.as_given));
      for (const auto& file : files_below(wanted.path)) add_file(file, std::nullopt, select);
      return;
    }
    if (fs::is_regular_file(wanted.path, error)) return add_file(wanted.path, wanted.line, select);
    if (is_pattern(wanted.path.string())) return add_matching(wanted, select);
    fail(fmt::format("there is no {}{}", wanted.as_given, nearest_to(wanted.path)));
  }

  tl::expected<FeatureSet, std::vector<std::string>> finish() {
    if (!errors_.empty()) return tl::unexpected(std::move(errors_));
    return std::move(set_);
  }

 private:
  void fail(std::string message) { errors_.push_back(std::move(message)); }

  void add_matching(const Wanted& wanted, bool select) {
    bool any = false;
    for (const auto& file : files_below(fixed_part(wanted.path))) {
      if (!matches(wanted.path, file)) continue;
      add_file(file, wanted.line, select);
      any = true;
    }
    if (any) return;
    set_.warnings.push_back(
        fmt::format("no feature file matches {}{}", wanted.as_given, nearest_to(wanted.path)));
  }

  std::vector<fs::path> files_below(const fs::path& folder) {
    std::error_code error;
    auto files = feature_files_below(folder, error);
    if (error) fail(fmt::format("{}: {}", folder.string(), error.message()));
    return files;
  }

  /// Relative to the config's folder, so that a case has the same id from wherever cexec is called.
  [[nodiscard]] std::string uri_of(const fs::path& path) const {
    const auto relative = path.lexically_relative(config_.root);
    const bool is_below = !relative.empty() && *relative.begin() != "..";
    return is_below ? relative.generic_string() : path.generic_string();
  }

  void add_file(const fs::path& path, std::optional<std::uint32_t> line, bool select) {
    const auto uri = uri_of(path);
    if (select) set_.selection.push_back({uri, line});
    if (!seen_.insert(uri).second) return;
    auto content = read_feature_file(path);
    if (!content) return fail(std::move(content.error()));
    if (content->broken) {
      set_.warnings.push_back(fmt::format("{}:{}:{}: the file is not UTF-8 from here on; read as U+FFFD", uri,
                                          content->broken->line, content->broken->column));
    }
    auto document = gherkin::parse(std::move(content->text));
    if (document) {
      auto pickles = gherkin::compile(*document);
      set_.files.push_back({uri, std::move(*document), std::move(pickles)});
      return;
    }
    for (const auto& error : document.error()) fail(place_and_explanation(uri, error));
  }

  /// A name in the same folder, or a feature file of the config's.
  [[nodiscard]] std::string nearest_to(const fs::path& path) {
    std::vector<std::string> names;
    std::error_code error;
    for (fs::directory_iterator it(path.parent_path(), error), end; !error && it != end;
         it.increment(error)) {
      names.push_back(it->path().filename().string());
    }
    if (is_pattern(path.filename().string())) return nearest_to_pattern(path.filename().string(), names);
    if (const auto near = text::did_you_mean(path.filename().string(), names); !near.empty()) return near;
    names.clear();
    for (const auto& root : config_.features) {
      for (const auto& file : feature_files_below(root, error)) names.push_back(uri_of(file));
    }
    return text::did_you_mean(uri_of(path), names);
  }

  /// A name whose beginning is like the pattern's up to its first wildcard.
  static std::string nearest_to_pattern(const std::string& pattern, const std::vector<std::string>& names) {
    const auto fixed = pattern.substr(0, pattern.find_first_of("*?["));
    std::vector<std::string> beginnings;
    for (const auto& name : names) beginnings.push_back(name.substr(0, fixed.size()));
    const auto found = std::find(beginnings.begin(), beginnings.end(), text::nearest(fixed, beginnings));
    if (fixed.empty() || found == beginnings.end() || found->empty()) return {};
    return fmt::format("; did you mean '{}'?", names[static_cast<std::size_t>(found - beginnings.begin())]);
  }

  const config::Config& config_;
  FeatureSet set_;
  std::set<std::string> seen_;
  std::vector<std::string> errors_;
};

gherkin::Location place_of(std::string_view text, std::size_t offset) {
  const auto before = text.substr(0, offset);
  const auto begin = before.rfind('\n') + 1;  // 0 on the first line
  return {static_cast<std::uint32_t>(std::count(before.begin(), before.end(), '\n') + 1),
          gherkin::count_code_points(before.substr(begin)) + 1};
}

}  // namespace

tl::expected<FeatureText, std::string> read_feature_file(const fs::path& path) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  FeatureText content;
  std::array<char, std::size_t{1} << 16U> part{};
  while (file.read(part.data(), part.size()) || file.gcount() > 0) {
    content.text.append(part.data(), static_cast<std::size_t>(file.gcount()));
  }
  if (!file.eof() || file.bad()) {
    return tl::unexpected(
        fmt::format("{} cannot be read: {}", path.string(), std::generic_category().message(errno)));
  }
  const auto valid = text::valid_utf8_length(content.text);
  if (valid < content.text.size()) {
    content.broken = place_of(content.text, valid);
    content.text = text::valid_utf8(content.text);
  }
  return content;
}

std::string place_and_explanation(const std::string& uri, const gherkin::ParseError& error) {
  return fmt::format("{}:{}:{}: {}", uri, error.location.line, std::max(error.location.column, 1U),
                     error.explanation());
}

tl::expected<FeatureSet, std::vector<std::string>> load_features(const FeatureRequest& request,
                                                                 const config::Config& config) {
  FeatureLoader loader(config);
  for (const auto& path : request.paths) loader.add(read_path(path, request.here), true);
  for (const auto& uri : request.uris) loader.add({(config.root / uri).lexically_normal(), uri, {}}, false);
  if (request.paths.empty() && request.uris.empty()) {
    for (const auto& path : config.features) {
      loader.add({path, fmt::format("{} (`features` in {})", path.string(), config.file.string()), {}},
                 false);
    }
  }
  return loader.finish();
}

}  // namespace executor::cli
