// Feature files on disk: which ones a command line or a config means, and their parsed content.
#include "executor/cli/feature_files.h"

#include <fmt/format.h>

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
    fail(fmt::format("there is no {}{}", wanted.as_given, nearest_to(wanted.path)));
  }

  tl::expected<FeatureSet, std::vector<std::string>> finish() {
    if (!errors_.empty()) return tl::unexpected(std::move(errors_));
    return std::move(set_);
  }

 private:
  void fail(std::string message) { errors_.push_back(std::move(message)); }

  std::vector<fs::path> files_below(const fs::path& folder) {
    std::vector<fs::path> files;
    std::error_code error;
    fs::recursive_directory_iterator it(folder, fs::directory_options::skip_permission_denied, error);
    for (; !error && it != fs::recursive_directory_iterator(); it.increment(error)) {
      if (it->path().extension() == ".feature" && it->is_regular_file(error)) files.push_back(it->path());
    }
    if (error) fail(fmt::format("{}: {}", folder.string(), error.message()));
    std::sort(files.begin(), files.end());
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

  static std::string nearest_to(const fs::path& path) {
    std::vector<std::string> names;
    std::error_code error;
    for (fs::directory_iterator it(path.parent_path(), error), end; !error && it != end;
         it.increment(error)) {
      names.push_back(it->path().filename().string());
    }
    return text::did_you_mean(path.filename().string(), names);
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

tl::expected<FeatureSet, std::vector<std::string>> load_features(const std::vector<std::string>& paths,
                                                                 const config::Config& config,
                                                                 const fs::path& here) {
  FeatureLoader loader(config);
  for (const auto& path : paths) loader.add(read_path(path, here), true);
  if (paths.empty()) {
    for (const auto& path : config.features) {
      loader.add(
          {path, fmt::format("{} (`features` in {})", path.string(), config.file.string()), std::nullopt},
          false);
    }
  }
  return loader.finish();
}

}  // namespace executor::cli
