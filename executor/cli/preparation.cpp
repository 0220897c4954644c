// What every command does that plans: config, profile, features, selection and plan, each checked. It must
// not start anything.
#include "executor/cli/preparation.h"

#include <fmt/format.h>

#include <filesystem>
#include <set>

#include "executor/cli/nothing_selected.h"
#include "executor/cli/profiles.h"
#include "executor/cli/setup.h"

namespace executor::cli {
namespace {

/// Beyond so many, one more tells nothing new.
constexpr std::size_t kMostComplaints = 100;

ExitCode complain_of_all(const std::vector<std::string>& messages) {
  for (std::size_t i = 0; i < messages.size() && i < kMostComplaints; ++i) complain(messages[i]);
  if (messages.size() > kMostComplaints)
    complain(fmt::format("… and {} more", messages.size() - kMostComplaints));
  return ExitCode::bad_input;
}

std::vector<std::string> texts_of(const std::vector<plan::Problem>& problems, std::string_view kind) {
  std::vector<std::string> texts;
  for (const auto& problem : problems) {
    texts.push_back(fmt::format("{}{}: {}", kind, problem.location.text(), problem.message));
  }
  return texts;
}

/// Each case several times, one after the other.
void repeat_cases(plan::Plan& plan, std::size_t times) {
  if (times < 2) return;
  std::vector<plan::Case> cases;
  cases.reserve(plan.cases.size() * times);
  for (const auto& planned : plan.cases) {
    for (std::size_t i = 1; i <= times; ++i) {
      cases.push_back(planned);
      cases.back().repetition = static_cast<std::uint32_t>(i);
    }
  }
  plan.cases = std::move(cases);
}

class Preparer {
 public:
  Preparer(const std::vector<std::string>& words, const Arguments& arguments)
      : words_(words), arguments_(arguments) {}

  tl::expected<std::unique_ptr<Preparation>, ExitCode> run() {
    auto config = load_config(arguments_.run.config);
    if (!config) return tl::unexpected(config.error());
    result_->config = std::move(*config);
    if (!add_arguments() || !add_selection() || !add_features() || !add_plan()) {
      return tl::unexpected(ExitCode::bad_input);
    }
    for (const auto& message : unknown_tags(result_->selection, result_->features.files)) {
      complain("warning: " + message);
    }
    if (!result_->plan.cases.empty()) return std::move(result_);
    for (const auto& message : explain_nothing(result_->selection, result_->features.files, result_->plan)) {
      complain(message);
    }
    return tl::unexpected(ExitCode::nothing_selected);
  }

 private:
  template <class T>
  static bool take(tl::expected<T, std::vector<std::string>> read, T& into) {
    if (!read) return complain_of_all(read.error()), false;
    into = std::move(*read);
    return true;
  }

  bool add_arguments() {
    auto merged = with_profile(words_, arguments_, result_->config);
    if (!merged) return complain(merged.error()), false;
    result_->arguments = std::move(*merged);
    return true;
  }

  bool add_selection() {
    const auto& choose = result_->arguments.run.choose;
    if (!take(read_selection(choose, result_->config), result_->selection)) return false;
    return choose.from_file.empty() ||
           take(read_case_ids(choose.from_file), result_->selection.cases.emplace());
  }

  bool add_features() {
    FeatureRequest request{
        result_->arguments.run.choose.paths, {}, std::filesystem::current_path(), command_names()};
    if (result_->selection.cases && request.paths.empty()) {
      std::set<std::string> uris;
      for (const auto& wanted : *result_->selection.cases) uris.insert(wanted.uri);
      request.uris.assign(uris.begin(), uris.end());
    }
    if (!take(load_features(request, result_->config), result_->features)) return false;
    result_->selection.paths = result_->features.selection;
    for (const auto& warning : result_->features.warnings) complain("warning: " + warning);
    return true;
  }

  bool add_plan() {
    auto plan = plan::make_plan(result_->features.files, result_->config, result_->selection);
    if (!plan) return complain_of_all(texts_of(plan.error(), "")), false;
    result_->plan = std::move(*plan);
    repeat_cases(result_->plan, result_->arguments.run.repeat);
    complain_of_all(texts_of(result_->plan.warnings, "warning: "));
    return true;
  }

  const std::vector<std::string>& words_;
  const Arguments& arguments_;
  std::unique_ptr<Preparation> result_ = std::make_unique<Preparation>();
};

}  // namespace

tl::expected<std::unique_ptr<Preparation>, ExitCode> prepare(const std::vector<std::string>& words,
                                                             const Arguments& arguments) {
  return Preparer(words, arguments).run();
}

}  // namespace executor::cli
