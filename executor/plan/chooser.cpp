// Whether a scenario is among those that are wanted. It must not know its combinations.
#include "executor/plan/chooser.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "executor/plan/tags.h"

namespace executor::plan {
namespace {

constexpr std::array kLevels{Level::unit, Level::integration, Level::system};

/// std::regex needs stack for every character that it looks at.
constexpr std::size_t kLongestName = 4096;

bool belongs_to(const gherkin::Row* row, const gherkin::Examples& examples) {
  const auto& body = examples.body;
  return row != nullptr && !body.empty() && !std::less<>()(row, &body.front()) &&
         !std::less<>()(&body.back(), row);
}

bool has_step_at(const std::vector<gherkin::Step>& steps, std::uint32_t line) {
  return std::any_of(steps.begin(), steps.end(),
                     [line](const auto& step) { return step.location.line == line; });
}

/// The line of a feature or rule, or of its background.
template <class Block>
bool begins_at(const Block& block, std::uint32_t line) {
  if (line == block.location.line) return true;
  return block.background &&
         (line == block.background->location.line || has_step_at(block.background->steps, line));
}

/// Whether `line` stands for this pickle: the line of its feature, rule, background, scenario, examples or
/// row, or of one of its steps.
bool is_at_line(const gherkin::Pickle& pickle, const gherkin::Feature& feature, std::uint32_t line) {
  if (line == pickle.location.line || line == pickle.scenario->location.line) return true;
  if (begins_at(feature, line) || (pickle.rule != nullptr && begins_at(*pickle.rule, line))) return true;
  for (const auto& examples : pickle.scenario->examples) {
    const bool is_title =
        line == examples.location.line || (examples.header && line == examples.header->location.line);
    if (is_title && belongs_to(pickle.row, examples)) return true;
  }
  return has_step_at(pickle.scenario->steps, line);
}

bool has_tag(const gherkin::Pickle& pickle, std::string_view key) {
  return std::any_of(pickle.tags.begin(), pickle.tags.end(),
                     [key](const auto* tag) { return key_of(tag->name) == key; });
}

/// Of the folders only: a file's name is no level.
bool has_folder(std::string_view uri, std::string_view name) {
  while (true) {
    const auto slash = uri.find('/');
    if (slash == std::string_view::npos) return false;
    if (uri.substr(0, slash) == name) return true;
    uri.remove_prefix(slash + 1);
  }
}

bool is_found_in(const std::vector<NamePattern>& patterns, std::string_view name) {
  name = name.substr(0, kLongestName);
  return std::any_of(patterns.begin(), patterns.end(), [name](const NamePattern& wanted) {
    return std::regex_search(name.begin(), name.end(), wanted.pattern);
  });
}

}  // namespace

std::string_view name_of(Level level) {
  switch (level) {
    case Level::unit: return "unit";
    case Level::integration: return "integration";
    case Level::system: return "system";
  }
  return "unit";
}

Chooser::Chooser(const Selection& selection) : selection_(selection) {
  add_places();
  if (!selection.levels.empty()) {
    std::string options;
    std::string tags;
    for (const auto level : selection.levels) {
      options += fmt::format("{}--{}", options.empty() ? "" : " ", name_of(level));
      tags += fmt::format("{}@{}", tags.empty() ? "" : " or ", name_of(level));
    }
    add(
        options, [this](const auto& file, const auto& pickle) { return has_a_level(file, pickle); },
        fmt::format("the tag {}, or a folder of that name above it", tags));
  }
  if (!selection.tags.empty())
    add("the tags", [this](const auto&, const auto& pickle) { return has_the_tags(pickle); });
  if (!selection.names.empty()) {
    add("--name",
        [this](const auto&, const auto& pickle) { return is_found_in(selection_.names, pickle.name); });
  }
  add_marks();
}

void Chooser::add(std::string by, Condition holds, std::string lacked) {
  wishes_.push_back({{std::move(by), std::move(lacked)}, std::move(holds)});
}

void Chooser::add_places() {
  for (const auto& path : selection_.paths) paths_[path.uri].push_back(path.line);
  if (!paths_.empty())
    add("the paths", [this](const auto& file, const auto& pickle) { return is_at_a_path(file, pickle); });
  if (!selection_.cases) return;
  for (const auto& wanted : *selection_.cases) cases_.emplace(wanted.uri, wanted.line);
  add("--from-file", [this](const auto& file, const auto& pickle) {
    return cases_.contains({file.uri, pickle.location.line});
  });
}

void Chooser::add_marks() {
  const auto add_mark = [this](bool wanted, const char* option, std::string_view key) {
    if (!wanted) return;
    add(
        option, [key](const auto&, const auto& pickle) { return has_tag(pickle, key); },
        fmt::format("the tag @{}", key));
  };
  add_mark(selection_.only_slow, "--only-slow", "slow");
  add_mark(selection_.only_skipped, "--only-skipped", "skip");
  add_mark(selection_.only_planned, "--planned-only", "planned");
}

bool Chooser::chooses(const FeatureFile& file, const gherkin::Pickle& pickle) {
  for (auto& wish : wishes_) {
    ++wish.narrowing.before;
    if (!wish.holds(file, pickle)) return false;
    ++wish.narrowing.left;
  }
  return true;
}

std::vector<Narrowing> Chooser::narrowings() const {
  std::vector<Narrowing> list;
  for (const auto& wish : wishes_) list.push_back(wish.narrowing);
  return list;
}

bool Chooser::is_at_a_path(const FeatureFile& file, const gherkin::Pickle& pickle) const {
  const auto found = paths_.find(file.uri);
  if (found == paths_.end()) return false;
  return std::any_of(found->second.begin(), found->second.end(), [&](const auto& line) {
    return !line || is_at_line(pickle, *file.document.feature, *line);
  });
}

bool Chooser::has_a_level(const FeatureFile& file, const gherkin::Pickle& pickle) const {
  return std::any_of(kLevels.begin(), kLevels.end(), [&](Level level) {
    return selection_.levels.contains(level) &&
           (has_tag(pickle, name_of(level)) || has_folder(file.uri, name_of(level)));
  });
}

bool Chooser::has_the_tags(const gherkin::Pickle& pickle) {
  names_.clear();
  for (const auto* tag : pickle.tags) names_.push_back(tag->name);
  return std::all_of(selection_.tags.begin(), selection_.tags.end(),
                     [this](const auto& expression) { return expression.matches(names_); });
}

}  // namespace executor::plan
