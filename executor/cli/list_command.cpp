// `cexec list`: what a run would run.
#include "executor/cli/list_command.h"

#include <fmt/format.h>

#include <iostream>
#include <iterator>

#include "base/json.h"
#include "executor/cli/preparation.h"
#include "executor/text/quote.h"
#include "executor/text/units.h"

namespace executor::cli {
namespace {

constexpr std::size_t kLongestName = 1000;

/// The cases of one scenario stand together in a plan.
using Cases = std::vector<plan::Case>::const_iterator;

Cases end_of_scenario(Cases begin, Cases end) {
  return std::find_if(begin, end, [begin](const auto& c) { return c.scenario != begin->scenario; });
}

void print_ids(std::ostream& out, const plan::Plan& plan) {
  std::string text;
  for (const auto& planned : plan.cases) {
    planned.append_id(text);
    text += '\n';
    if (text.size() < (std::size_t{1} << 16U)) continue;
    out << text;
    text.clear();
  }
  out << text;
}

void write_strings(base::json::Writer& json, std::string_view key, const auto& texts, const auto& text_of) {
  json.key(key).begin_array();
  for (const auto& item : texts) json.value(text_of(item));
  json.end_array();
}

/// One scenario and its cases, an object on one line.
std::string scenario_json(Cases begin, Cases end) {
  const auto& scenario = *begin->scenario;
  base::json::Writer json;
  json.begin_object().member("uri", scenario.file->uri).member("line", scenario.line);
  json.member("feature", scenario.file->document.feature->name).member("name", scenario.name);
  write_strings(json, "tags", scenario.tags, [](auto tag) { return tag; });
  write_strings(json, "processes", scenario.processes, [](const auto& p) { return p.text(); });
  if (scenario.skip) json.member("skip", *scenario.skip);
  json.key("cases").begin_array();
  for (auto it = begin; it != end; ++it) {
    json.begin_object().member("id", it->id().text()).key("combination").begin_object();
    for (std::size_t i = 0; i < it->platforms.size(); ++i) {
      json.member(scenario.processes[i].text(), it->platforms[i]->name.text());
    }
    json.end_object().end_object();
  }
  json.end_array().end_object();
  return json.take();
}

void print_json(std::ostream& out, const plan::Plan& plan) {
  out << "{\"scenarios\":[\n";
  for (auto it = plan.cases.begin(); it != plan.cases.end();) {
    const auto next = end_of_scenario(it, plan.cases.end());
    out << scenario_json(it, next) << (next == plan.cases.end() ? "\n" : ",\n");
    it = next;
  }
  out << "],\"cases\":" << plan.cases.size() << "}\n";
}

void print_scenario(std::ostream& out, const plan::Scenario& scenario, std::size_t cases, bool show_tags) {
  out << fmt::format("{:>7} {:>5} {}  {}{}\n", fmt::format(":{}", scenario.line), cases,
                     cases == 1 ? "case " : "cases", text::quote(scenario.name, kLongestName),
                     scenario.skip ? fmt::format("  ({})", text::quote(*scenario.skip, kLongestName)) : "");
  if (!show_tags || scenario.tags.empty()) return;
  out << std::string(20, ' ');
  for (const auto tag : scenario.tags) out << ' ' << text::quote(tag, kLongestName);
  out << '\n';
}

}  // namespace

void print_plan(std::ostream& out, const plan::Plan& plan, bool show_tags) {
  const plan::FeatureFile* file = nullptr;
  std::size_t scenarios = 0;
  for (auto it = plan.cases.begin(); it != plan.cases.end();) {
    const auto& scenario = *it->scenario;
    if (scenario.file != file) {
      out << (file == nullptr ? "" : "\n") << scenario.file->uri << "  "
          << text::quote(scenario.file->document.feature->name, kLongestName) << '\n';
      file = scenario.file;
    }
    const auto next = end_of_scenario(it, plan.cases.end());
    print_scenario(out, scenario, static_cast<std::size_t>(next - it), show_tags);
    it = next;
    ++scenarios;
  }
  out << '\n'
      << text::counted(scenarios, "scenario") << ", " << text::counted(plan.cases.size(), "case") << '\n';
}

ExitCode list_command(const std::vector<std::string>& words, const Arguments& arguments) {
  const auto prepared = prepare(words, arguments);
  if (!prepared) return prepared.error();
  const auto& run = (*prepared)->arguments.run;
  const auto& plan = (*prepared)->plan;
  switch (run.format) {
    case ListFormat::ids: print_ids(std::cout, plan); break;
    case ListFormat::json: print_json(std::cout, plan); break;
    case ListFormat::human: print_plan(std::cout, plan, run.show_tags); break;
  }
  std::cout.flush();
  return ExitCode::all_passed;
}

}  // namespace executor::cli
