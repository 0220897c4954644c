// The options that choose what runs, alike for every command that plans. It must not act on anything.
#include "executor/cli/choose_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>

#include <CLI/CLI.hpp>

#include "executor/gherkin/line.h"
#include "executor/plan/step_text.h"
#include "executor/text/nearest.h"
#include "executor/text/quote.h"
#include "executor/text/units.h"

namespace executor::cli {
namespace {

constexpr std::size_t kShown = 200;  ///< characters of a wrong expression

/// "a,b,c" without empty items.
std::vector<std::string> split(const std::string& list) {
  std::vector<std::string> items;
  std::istringstream in(list);
  for (std::string item; std::getline(in, item, ',');) {
    if (!item.empty()) items.push_back(item);
  }
  return items;
}

/// "writer=python,reader=*"
std::vector<std::pair<model::ProcessName, std::string>> read_combo(const std::string& text) {
  std::vector<std::pair<model::ProcessName, std::string>> combo;
  for (const auto& item : split(text)) {
    const auto equals = item.find('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == item.size()) {
      throw CLI::ValidationError("--combo", fmt::format("'{}' is not PROCESS=PLATFORM", item));
    }
    combo.emplace_back(model::ProcessName(item.substr(0, equals)), item.substr(equals + 1));
  }
  return combo;
}

config::Combine read_combine(const std::string& text) {
  if (text == "all") return config::Combine::all;
  if (text == "pairwise") return config::Combine::pairwise;
  if (text == "same") return config::Combine::same;
  if (text == "each") return config::Combine::each;
  throw CLI::ValidationError("--combine",
                             fmt::format("expected all, pairwise, same or each, found '{}'", text));
}

plan::Shard read_shard(const std::string& text) {
  const auto slash = text.find('/');
  if (slash != std::string::npos) {
    const auto index = text::parse_number(std::string_view(text).substr(0, slash), 1, 100'000);
    const auto count = text::parse_number(std::string_view(text).substr(slash + 1), 1, 100'000);
    if (index && count && *index <= *count) {
      return {static_cast<std::uint32_t>(*index), static_cast<std::uint32_t>(*count)};
    }
  }
  throw CLI::ValidationError("--shard", fmt::format("expected K/N with K from 1 to N, found '{}'", text));
}

/// One word an option, any number of times.
void add_list(CLI::App& app, const std::string& name, std::vector<std::string>& into, const std::string& help,
              const std::string& type) {
  app.add_option(name, into, help)->type_name(type)->take_all()->expected(1);
}

template <class Read>
void add_text(CLI::App& app, const std::string& name, Read read, const std::string& help,
              const std::string& type) {
  app.add_option_function<std::string>(name, read, help)->type_name(type);
}

std::string explain(std::regex_constants::error_type code) {
  switch (code) {
    case std::regex_constants::error_brack: return "a '[' has no ']'";
    case std::regex_constants::error_paren:
      return "the parentheses do not match, or there is nothing to repeat";  // libstdc++ says the same of "*"
    case std::regex_constants::error_brace: return "the braces do not match";
    case std::regex_constants::error_badbrace: return "what the braces hold is no count";
    case std::regex_constants::error_range: return "a range in brackets goes backwards";
    case std::regex_constants::error_escape: return "a backslash stands before nothing that it may escape";
    case std::regex_constants::error_badrepeat: return "there is nothing for '*', '+', '?' or '{' to repeat";
    case std::regex_constants::error_backref: return "there is no group of that number";
    case std::regex_constants::error_ctype: return "there is no such class of characters";
    default: return "it is not a regular expression of ECMAScript";
  }
}

/// Collects what is wrong with the texts, and what is right.
class SelectionReader {
 public:
  SelectionReader(const ChooseArguments& choose, const config::Config& config)
      : choose_(choose), config_(config), selection_(choose.wishes) {}

  tl::expected<plan::Selection, std::vector<std::string>> read() {
    for (const auto& text : choose_.expressions) add_expression(text);
    for (const auto& tag : choose_.tags) add_tag(tag);
    for (const auto& text : choose_.names) add_name(text);
    for (const auto& list : choose_.platforms) {
      for (const auto& name : split(list)) {
        if (knows("--platform", name, name)) selection_.platforms.insert(model::PlatformName(name));
      }
    }
    for (const auto& [process, platform] : selection_.combo) {
      if (platform != "*") knows("--combo", fmt::format("{}={}", process.text(), platform), platform);
    }
    if (!errors_.empty()) return tl::unexpected(std::move(errors_));
    return std::move(selection_);
  }

 private:
  void add_expression(const std::string& text) {
    auto expression = gherkin::TagExpression::parse(text);
    if (expression) {
      selection_.tags.push_back(std::move(*expression));
    } else {
      errors_.push_back("--tags: " + text::quote(expression.error(), kShown));
    }
  }

  /// A name, not an expression: "(x)" is a tag like any other.
  void add_tag(const std::string& tag) {
    std::string literal = tag.starts_with('@') ? "" : "@";
    for (const char c : tag) {
      if (c == '(' || c == ')' || c == '\\') literal += '\\';
      literal += c;
    }
    if (gherkin::trim(literal) == "@") {
      errors_.emplace_back("--tag: expected the name of a tag");
    } else {
      add_expression(literal);
    }
  }

  void add_name(const std::string& text) {
    try {
      selection_.names.push_back({text, std::regex(text, std::regex::ECMAScript | std::regex::optimize)});
    } catch (const std::regex_error& error) {
      errors_.push_back(fmt::format("--name: '{}': {}", text::quote(text, kShown), explain(error.code())));
    }
  }

  bool knows(std::string_view option, std::string_view given, const std::string& platform) {
    if (config_.find_platform(model::PlatformName(platform)) != nullptr) return true;
    std::vector<std::string> names;
    for (const auto& known : config_.platforms) names.push_back(known.name.text());
    errors_.push_back(fmt::format("{} {}: there is no platform '{}'{}", option, given, platform,
                                  text::did_you_mean(platform, names)));
    return false;
  }

  const ChooseArguments& choose_;
  const config::Config& config_;
  plan::Selection selection_;
  std::vector<std::string> errors_;
};

}  // namespace

void add_choose_options(CLI::App& app, ChooseArguments& choose) {
  auto& wishes = choose.wishes;
  app.add_option("PATH", choose.paths, "feature files, folders or patterns; PATH:LINE\nfor one scenario")
      ->type_name("")
      ->take_all();
  add_text(
      app, "--from-file", [&choose](const std::string& file) { choose.from_file = file; },
      "the cases whose ids a file holds, one a line;\n-: from the standard input", "FILE");
  add_list(app, "--tags", choose.expressions, "tag expression: '@a and not (@b or @c)'", "EXPR");
  add_list(app, "--tag", choose.tags, "only with this tag", "NAME");
  add_list(app, "--name", choose.names, "only where the scenario's name matches", "REGEX");
  add_list(app, "--platform", choose.platforms, "only these platforms play", "NAME,...");
  add_text(
      app, "--combo", [&wishes](const std::string& text) { wishes.combo = read_combo(text); },
      "only these combinations: writer=cpp,reader=*", "P=PLATFORM,...");
  add_text(
      app, "--combine", [&wishes](const std::string& text) { wishes.combine = read_combine(text); },
      "all, pairwise: every pair of platforms meets,\nsame: one platform plays all, each: every\n"
      "platform plays every process",
      "HOW");
  const auto add_level = [&](const char* option, plan::Level level) {
    app.add_flag_callback(
        option, [&wishes, level] { wishes.levels.insert(level); },
        fmt::format("only with @{0} or below {0}/", plan::name_of(level)));
  };
  add_level("--unit", plan::Level::unit);
  add_level("--integration", plan::Level::integration);
  add_level("--system", plan::Level::system);
  app.add_flag("--only-slow", wishes.only_slow, "only with @slow");
  app.add_flag("--only-skipped", wishes.only_skipped, "only with @skip; they are carried out");
  app.add_flag("--planned-only", wishes.only_planned, "only with @planned; they are carried out");
  add_text(
      app, "--shard", [&wishes](const std::string& text) { wishes.shard = read_shard(text); },
      "the part K of N equal parts", "K/N");
}

tl::expected<plan::Selection, std::vector<std::string>> read_selection(const ChooseArguments& choose,
                                                                       const config::Config& config) {
  return SelectionReader(choose, config).read();
}

tl::expected<plan::WantedCase, std::string> read_case_id(std::string_view text) {
  plan::WantedCase wanted;
  wanted.text = text;
  auto rest = text;
  while (true) {
    const auto space = rest.rfind(' ');
    if (space == std::string_view::npos) break;
    const auto word = rest.substr(space + 1);
    const auto equals = word.find('=');
    if (equals == std::string_view::npos || !plan::is_process_name(word.substr(0, equals)) ||
        word.find_first_of(":/", equals) != std::string_view::npos) {
      break;  // a file's name may hold spaces
    }
    wanted.combination.emplace_back(model::ProcessName(std::string(word.substr(0, equals))),
                                    model::PlatformName(std::string(word.substr(equals + 1))));
    rest = gherkin::trim_right(rest.substr(0, space));
  }
  std::reverse(wanted.combination.begin(), wanted.combination.end());
  const auto colon = std::min(rest.rfind(':'), rest.size());
  const auto line = text::parse_number(rest.substr(std::min(colon + 1, rest.size())), 1, 1'000'000'000);
  if (!line || colon == 0) return tl::unexpected(std::string("expected FILE:LINE PROCESS=PLATFORM …"));
  wanted.uri = std::filesystem::path(rest.substr(0, colon)).lexically_normal().generic_string();
  wanted.line = static_cast<std::uint32_t>(*line);
  return wanted;
}

tl::expected<std::vector<plan::WantedCase>, std::vector<std::string>> read_case_ids(const std::string& file) {
  const bool is_standard_input = file == "-";
  std::ifstream opened;
  if (!is_standard_input) opened.open(file);
  auto& in = is_standard_input ? std::cin : opened;
  const std::string name = is_standard_input ? "standard input" : file;
  if (!in)
    return tl::unexpected(std::vector<std::string>{fmt::format("--from-file {} cannot be read", name)});
  std::vector<plan::WantedCase> cases;
  std::vector<std::string> errors;
  std::uint32_t number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    const auto id = gherkin::trim(line);
    if (id.empty() || id.starts_with('#')) continue;
    auto wanted = read_case_id(id);
    if (!wanted) {
      errors.push_back(fmt::format("{}:{}: '{}' is no id of a case: {}", name, number,
                                   text::quote(id, kShown), wanted.error()));
      continue;
    }
    wanted->origin = {name, number, 0};
    cases.push_back(std::move(*wanted));
  }
  if (in.bad()) errors.push_back(fmt::format("{} cannot be read to its end", name));
  if (!errors.empty()) return tl::unexpected(std::move(errors));
  return cases;
}

}  // namespace executor::cli
