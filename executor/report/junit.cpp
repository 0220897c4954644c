// JUnit XML as Surefire writes it and Jenkins, GitLab and others read it. It must not know who reads it.
#include "executor/report/junit.h"

#include <Poco/SAX/AttributesImpl.h>
#include <Poco/XML/XMLWriter.h>
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "executor/report/clean.h"
#include "executor/report/evidence.h"
#include "executor/report/left_behind.h"

namespace executor::report {
namespace {

using std::chrono::milliseconds;

std::string seconds(milliseconds span) {
  return fmt::format("{:.3f}", static_cast<double>(span.count()) / 1000);
}

struct Suite {
  std::string uri;
  std::vector<std::size_t> cases;
};

/// What a case, or an attempt at it, is in the file: its element, and where the schema wants that.
struct Verdict {
  const char* element;
  const model::CaseReport* report;
};

/// Surefire's order of the elements in a `testcase`.
constexpr std::array<std::string_view, 7> kOrder{"failure", "rerunFailure", "flakyFailure", "skipped",
                                                 "error",   "rerunError",   "flakyError"};

const char* element_of(const model::CaseReport& report, const char* failure, const char* error) {
  return model::category_of(report.outcome) == model::Category::could_not_run ? error : failure;
}

std::vector<Verdict> verdicts_of(const model::CaseReport& report) {
  const auto category = model::category_of(report.outcome);
  if (category == model::Category::skipped) return {{"skipped", &report}};
  std::vector<Verdict> verdicts;
  const bool passed = category == model::Category::passed;
  std::vector<const model::CaseReport*> attempts;
  for (const auto& attempt : report.earlier_attempts) attempts.push_back(&attempt);
  if (!passed) attempts.push_back(&report);
  for (const auto* attempt : attempts) {
    if (passed) {
      verdicts.push_back({element_of(*attempt, "flakyFailure", "flakyError"), attempt});
    } else if (verdicts.empty()) {
      verdicts.push_back({element_of(*attempt, "failure", "error"), attempt});
    } else {
      verdicts.push_back({element_of(*attempt, "rerunFailure", "rerunError"), attempt});
    }
  }
  const auto rank = [](const Verdict& verdict) {
    return std::find(kOrder.begin(), kOrder.end(), verdict.element) - kOrder.begin();
  };
  std::stable_sort(verdicts.begin(), verdicts.end(),
                   [&rank](const Verdict& a, const Verdict& b) { return rank(a) < rank(b); });
  return verdicts;
}

class JunitWriter {
 public:
  JunitWriter(const Recording& recording, std::ostream& out)
      : recording_(recording),
        xml_(out, Poco::XML::XMLWriter::WRITE_XML_DECLARATION | Poco::XML::XMLWriter::PRETTY_PRINT) {
    xml_.setNewLine("\n");
    std::set<std::pair<std::string, std::string>> seen;
    for (const auto& scenario : recording.scenarios()) {
      const auto name = std::pair(scenario.location.uri, scenario.scenario);
      if (!seen.insert(name).second) ambiguous_.insert(name);
    }
    for (const auto& platform : recording.platforms()) images_[platform.name.text()] = platform.id;
  }

  void write() {
    const auto& totals = recording_.totals();
    const auto left = recording_.left_behind();
    const bool is_all_removed = is_clean(left);
    xml_.startDocument();
    start("testsuites", {{"name", "cexec"},
                         {"time", seconds(recording_.duration())},
                         {"tests", std::to_string(recording_.cases().size() + (is_all_removed ? 0 : 1))},
                         {"failures", std::to_string(totals.failed)},
                         {"errors", std::to_string(totals.could_not_run + (is_all_removed ? 0 : 1))}});
    for (const auto& suite : suites()) write(suite);
    if (!is_all_removed) write(left);
    end("testsuites");
    xml_.endDocument();
  }

 private:
  using Attributes = std::vector<std::pair<const char*, std::string>>;

  void start(const char* name, const Attributes& attributes) {
    Poco::XML::AttributesImpl list;
    for (const auto& [key, value] : attributes) list.addAttribute("", "", key, "CDATA", clean_line(value));
    xml_.startElement("", "", name, list);
  }
  void end(const char* name) { xml_.endElement("", "", name); }
  void element(const char* name, const Attributes& attributes, const std::string& text = {}) {
    start(name, attributes);
    if (!text.empty()) xml_.characters(text);
    end(name);
  }
  void property(const std::string& name, const std::string& value) {
    element("property", {{"name", name}, {"value", value}});
  }

  /// In the order in which their first cases stand.
  [[nodiscard]] std::vector<Suite> suites() const {
    std::vector<Suite> suites;
    std::map<std::pair<std::string, std::vector<model::PlatformName>>, std::size_t> index;
    const auto& cases = recording_.cases();
    for (std::size_t i = 0; i < cases.size(); ++i) {
      const auto& scenario = recording_.scenarios()[cases[i].scenario];
      // The processes too: two scenarios of a file need not have the same.
      auto key = cases[i].platforms;
      for (const auto& process : scenario.processes) key.emplace_back(process.text());
      const auto [found, is_new] =
          index.emplace(std::pair(scenario.location.uri, std::move(key)), suites.size());
      if (is_new) suites.push_back({scenario.location.uri, {}});
      suites[found->second].cases.push_back(i);
    }
    return suites;
  }

  void write(const Suite& suite) {
    std::map<model::Category, std::size_t> counts;
    milliseconds time{0};
    for (const auto i : suite.cases) {
      ++counts[recording_.cases()[i].category];
      time += recording_.cases()[i].duration;
    }
    const auto first = recording_.report(suite.cases.front());
    Attributes attributes{{"name", fmt::format("{} [{}]", suite.uri, combination_text(first))},
                          {"time", seconds(time)},
                          {"tests", std::to_string(suite.cases.size())},
                          {"errors", std::to_string(counts[model::Category::could_not_run])},
                          {"skipped", std::to_string(counts[model::Category::skipped])},
                          {"failures", std::to_string(counts[model::Category::failed])}};
    if (const auto begun = recording_.runs().front().planned.begun; begun.count() > 0) {
      const auto moment = std::chrono::system_clock::time_point(begun + first.started);
      attributes.emplace_back(
          "timestamp",
          fmt::format("{:%Y-%m-%dT%H:%M:%S}", fmt::gmtime(std::chrono::system_clock::to_time_t(moment))));
    }
    start("testsuite", attributes);
    write_properties(suite, first);
    for (const auto i : suite.cases) write_case(recording_.report(i));
    end("testsuite");
  }

  /// A failure that is no case's, in a suite of its own, so that nobody who counts can overlook it.
  void write(const Left& left) {
    start("testsuite", {{"name", "cexec"},
                        {"time", "0.000"},
                        {"tests", "1"},
                        {"errors", "1"},
                        {"skipped", "0"},
                        {"failures", "0"}});
    start("testcase", {{"name", "leaves nothing behind"}, {"classname", "cexec"}, {"time", "0.000"}});
    element("error", {{"message", headline(left)}, {"type", "left behind"}}, describe(left));
    end("testcase");
    end("testsuite");
  }

  void write_properties(const Suite& suite, const model::CaseReport& first) {
    start("properties", {});
    property("combination", combination_text(first));
    std::set<std::string> platforms;
    for (const auto& [process, platform] : first.combination) {
      property("process." + process.text(), platform.text());
      platforms.insert(platform.text());
    }
    for (const auto& platform : platforms) {
      if (images_.contains(platform)) property("image." + platform, images_.at(platform));
    }
    for (const auto i : suite.cases) {
      const auto report = recording_.report(i);
      if (report.earlier_attempts.empty()) continue;
      property("attempts." + name_of_case(report), std::to_string(report.earlier_attempts.size() + 1));
    }
    for (const auto& run : recording_.runs()) {
      if (!run.planned.run.empty()) property("run", run.planned.run.text());
    }
    end("properties");
  }

  [[nodiscard]] std::string name_of_case(const model::CaseReport& report) const {
    const bool needs_line = ambiguous_.contains({report.location.uri, report.scenario});
    return fmt::format("{}{} [{}]", report.scenario,
                       needs_line ? fmt::format(" (line {})", report.location.line) : std::string(),
                       combination_text(report));
  }

  void write_case(const model::CaseReport& report) {
    auto package = report.location.uri;
    if (package.ends_with(".feature")) package.resize(package.size() - std::string_view(".feature").size());
    // What Jenkins takes for packages are the folders, whatever dots their names hold.
    std::replace(package.begin(), package.end(), '.', '_');
    std::replace(package.begin(), package.end(), '/', '.');
    start("testcase",
          {{"name", name_of_case(report)}, {"classname", package}, {"time", seconds(report.duration)}});
    for (const auto& verdict : verdicts_of(report)) write(verdict);
    std::string logs;
    for (const auto& instance : report.instances) {
      const auto text = log_text(instance);
      if (!text.empty())
        logs += fmt::format("{} = {}\n{}", instance.process.text(), instance.platform.text(), text);
    }
    if (!logs.empty()) element("system-out", {}, logs);
    end("testcase");
  }

  void write(const Verdict& verdict) {
    const std::string_view name = verdict.element;
    const auto& report = *verdict.report;
    const auto message = shortened(headline(report), 2000);
    if (name == "skipped") return element("skipped", {{"message", message}});
    const auto* failed = std::get_if<model::Failed>(&report.outcome);
    const bool has_type = failed != nullptr && !failed->type.empty();
    const auto type = has_type ? failed->type : std::string(model::name_of(report.outcome));
    const auto text = describe_failure(report);
    if (name == "failure" || name == "error") {
      return element(verdict.element, {{"message", message}, {"type", type}}, text);
    }
    start(verdict.element, {{"message", message}, {"type", type}});
    element("stackTrace", {}, text);
    end(verdict.element);
  }

  const Recording& recording_;
  Poco::XML::XMLWriter xml_;
  std::set<std::pair<std::string, std::string>> ambiguous_;  ///< files and names of scenarios
  std::map<std::string, std::string> images_;                ///< ids by platforms
};

}  // namespace

void write_junit(const Recording& recording, std::ostream& out) {
  JunitWriter(recording, out).write();
}

}  // namespace executor::report
