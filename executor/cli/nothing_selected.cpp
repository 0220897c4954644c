// Why a selection chose nothing, and what may have been meant. It must not know where messages go.
#include "executor/cli/nothing_selected.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "executor/text/nearest.h"
#include "executor/text/units.h"

namespace executor::cli {
namespace {

std::set<std::string> all_tags(const std::vector<plan::FeatureFile>& files) {
  std::set<std::string_view> seen;
  for (const auto& file : files) {
    for (const auto& pickle : file.pickles.pickles) {
      for (const auto* tag : pickle.tags) seen.insert(tag->name);
    }
  }
  return {seen.begin(), seen.end()};
}

/// "; the nearest begins in line 12", if the file has a scenario at all.
std::string nearest_line(const plan::FeatureFile& file, std::uint32_t line) {
  const auto& pickles = file.pickles.pickles;
  const auto distance = [line](const gherkin::Pickle& pickle) {
    const auto own = pickle.location.line;
    return own > line ? own - line : line - own;
  };
  const auto nearest = std::min_element(pickles.begin(), pickles.end(), [&](const auto& a, const auto& b) {
    return distance(a) < distance(b);
  });
  return nearest == pickles.end() ? std::string()
                                  : fmt::format("; the nearest begins in line {}", nearest->location.line);
}

std::string nothing_at_the_paths(const plan::Selection& selection,
                                 const std::vector<plan::FeatureFile>& files) {
  for (const auto& path : selection.paths) {
    const auto file =
        std::find_if(files.begin(), files.end(), [&](const auto& f) { return f.uri == path.uri; });
    if (!path.line || file == files.end()) continue;
    return fmt::format("no scenario stands at {}:{}{}", path.uri, *path.line,
                       nearest_line(*file, *path.line));
  }
  return "no scenario stands at the paths";
}

std::string no_combination(const plan::Selection& selection, const plan::Plan& plan) {
  std::vector<std::string> known;
  for (const auto& process : plan.processes) known.push_back(process.text());
  for (const auto& [process, platform] : selection.combo) {
    if (plan.processes.contains(process)) continue;
    return fmt::format("no chosen scenario has a process '{}'{}", process.text(),
                       text::did_you_mean(process.text(), known));
  }
  return "the platforms that were named leave no combination";
}

std::string reason(const plan::Narrowing& narrowing, const plan::Selection& selection,
                   const std::vector<plan::FeatureFile>& files, const plan::Plan& plan) {
  const auto before = text::counted(narrowing.before, narrowing.counts_cases ? "case" : "scenario");
  if (narrowing.by == "the paths") return nothing_at_the_paths(selection, files);
  if (narrowing.by == "the tags") {
    std::string all;
    for (const auto& expression : selection.tags) {
      all += fmt::format("{}{}", all.empty() ? "" : " and ", expression.text());
    }
    return fmt::format("of {}, none has the tags {}", before, all);
  }
  if (narrowing.by == "--from-file" && selection.cases->empty()) return "--from-file holds no id of a case";
  if (narrowing.by == "the platforms") return no_combination(selection, plan);
  if (narrowing.by == "--shard") {
    return fmt::format("of {}, none is in shard {}/{}", before, selection.shard->index,
                       selection.shard->count);
  }
  if (!narrowing.lacked.empty()) return fmt::format("of {}, none has {}", before, narrowing.lacked);
  return fmt::format("of {}, none is left by {}", before, narrowing.by);
}

}  // namespace

std::vector<std::string> unknown_tags(const plan::Selection& selection,
                                      const std::vector<plan::FeatureFile>& files) {
  std::vector<std::string> messages;
  if (selection.tags.empty()) return messages;
  const auto known = all_tags(files);
  const std::vector<std::string> list(known.begin(), known.end());
  std::set<std::string> told;
  for (const auto& expression : selection.tags) {
    for (const auto& tag : expression.tags()) {
      if (known.contains(tag) || !told.insert(tag).second) continue;
      const auto meant = tag.starts_with('@') || !known.contains("@" + tag)
                             ? text::did_you_mean(tag, list)
                             : fmt::format("; did you mean '@{}'?", tag);
      messages.push_back(fmt::format("no scenario has the tag '{}'{}", tag, meant));
    }
  }
  return messages;
}

std::vector<std::string> explain_nothing(const plan::Selection& selection,
                                         const std::vector<plan::FeatureFile>& files,
                                         const plan::Plan& plan) {
  if (plan.pickles == 0) return {"nothing selected: the feature files hold no scenario"};
  for (const auto& narrowing : plan.narrowings) {
    if (narrowing.left == 0) return {"nothing selected: " + reason(narrowing, selection, files, plan)};
  }
  return {"nothing selected: no scenario has both a step and a combination"};
}

}  // namespace executor::cli
