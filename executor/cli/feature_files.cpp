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
  std::string origin = {};  ///< for messages, in parentheses; nothing for the command line
};

fs::path absolute(const std::string& path, const fs::path& here) {
  return (here / path).lexically_normal();
}

/// Takes ":12" away from the end of a text.
std::optional<std::uint32_t> take_number(std::string& text) {
  const auto colon = text.rfind(':');
  if (colon == std::string::npos) return std::nullopt;
  const auto number = text::parse_number(std::string_view(text).substr(colon + 1), 1, 1'000'000'000);
  if (!number) return std::nullopt;
  text.resize(colon);
  return static_cast<std::uint32_t>(*number);
}

/// "a/b.feature:12" → the path and 12; a column behind it, as error messages have it, is passed over. A file
/// whose name ends so is taken as it is.
Wanted read_path(const std::string& text, const fs::path& here) {
  std::error_code ignored;
  std::string path = text;
  std::optional<std::uint32_t> line;
  for (int i = 0; i < 2 && !fs::exists(absolute(path, here), ignored); ++i) {
    const auto number = take_number(path);
    if (!number) break;
    line = number;
  }
  return {absolute(path, here), path, line};
}

/// What stands behind the name of a file that is there, if it was to be a line: "x" of "a/b.feature:x".
std::optional<std::string> wrong_line(const Wanted& wanted) {
  std::error_code ignored;
  const auto path = wanted.path.string();
  for (auto colon = path.find(':'); colon != std::string::npos; colon = path.find(':', colon + 1)) {
    if (fs::is_regular_file(path.substr(0, colon), ignored)) return path.substr(colon + 1);
  }
  return std::nullopt;
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
  FeatureLoader(const FeatureRequest& request, const config::Config& config)
      : request_(request), config_(config) {}

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
    fail(why_missing(wanted));
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
        fmt::format("no feature file matches {}{}{}", wanted.as_given, wanted.origin, nearest_to(wanted)));
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

  [[nodiscard]] std::string why_missing(const Wanted& wanted) const {
    if (const auto wrong = wrong_line(wanted))
      return fmt::format("{}: '{}' is no line; lines count from 1", wanted.as_given, *wrong);
    const bool is_word = wanted.as_given.find_first_of("./:") == std::string::npos;
    if (!is_word || request_.commands.empty())
      return fmt::format("there is no {}{}{}", wanted.as_given, wanted.origin, nearest_to(wanted));
    auto near = text::did_you_mean(wanted.as_given, request_.commands);
    if (near.empty()) near = nearest_to(wanted);
    if (near.empty()) near = "; `cexec --help` shows the commands";
    return fmt::format("there is no file, folder or command '{}'{}", wanted.as_given, near);
  }

  /// A name in the same folder, as one would give it, or a feature file of the config's.
  [[nodiscard]] std::string nearest_to(const Wanted& wanted) const {
    const auto folder = fs::path(wanted.as_given).parent_path();
    std::vector<std::string> names;
    std::error_code error;
    for (fs::directory_iterator it(wanted.path.parent_path(), error), end; !error && it != end;
         it.increment(error)) {
      names.push_back(it->path().filename().string());
    }
    const auto name = wanted.path.filename().string();
    const auto near = is_pattern(name) ? nearest_to_pattern(name, names) : text::nearest(name, names);
    if (!near.empty()) return fmt::format("; did you mean '{}'?", (folder / near).string());
    if (is_pattern(name)) return {};
    names.clear();
    for (const auto& root : config_.features) {
      for (const auto& file : feature_files_below(root, error)) names.push_back(uri_of(file));
    }
    return text::did_you_mean(uri_of(wanted.path), names);
  }

  /// The name whose beginning is like the pattern's up to its first wildcard, or nothing.
  static std::string nearest_to_pattern(const std::string& pattern, const std::vector<std::string>& names) {
    const auto fixed = pattern.substr(0, pattern.find_first_of("*?["));
    std::vector<std::string> beginnings;
    for (const auto& name : names) beginnings.push_back(name.substr(0, fixed.size()));
    const auto found = std::find(beginnings.begin(), beginnings.end(), text::nearest(fixed, beginnings));
    if (fixed.empty() || found == beginnings.end() || found->empty()) return {};
    return names[static_cast<std::size_t>(found - beginnings.begin())];
  }

  const FeatureRequest& request_;
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
  FeatureLoader loader(request, config);
  for (const auto& path : request.paths) loader.add(read_path(path, request.here), true);
  for (const auto& uri : request.uris) loader.add({(config.root / uri).lexically_normal(), uri, {}}, false);
  if (request.paths.empty() && request.uris.empty()) {
    for (const auto& path : config.features) {
      loader.add({path, path.string(), {}, fmt::format(" (`features` in {})", config.file.string())}, false);
    }
  }
  return loader.finish();
}

}  // namespace executor::cli
