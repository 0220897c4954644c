// A run as Cucumber Messages, for all the tools that read them. It must not know who reads them.
#include "executor/report/messages_report.h"

#include <fmt/format.h>
#include <sys/utsname.h>

#include <algorithm>
#include <memory>
#include <unordered_map>

#include "executor/messages/gherkin_messages.h"
#include "executor/messages/run_messages.h"
#include "executor/report/clean.h"
#include "executor/report/evidence.h"
#include "executor/report/left_behind.h"

namespace executor::report {
namespace {

using messages::Status;
using messages::StepResult;
using std::chrono::milliseconds;

/// A feature file, parsed again.
struct File {
  explicit File(gherkin::Document parsed) : document(std::move(parsed)) {}

  const gherkin::Document document;
  const gherkin::Pickles pickles = gherkin::compile(document);
  std::unique_ptr<messages::NodeIds> ids;
  std::unordered_map<std::uint32_t, const gherkin::Pickle*> by_line;
};

Status status_of(const model::Outcome& outcome) {
  if (std::holds_alternative<model::Undefined>(outcome)) return Status::undefined;
  if (std::holds_alternative<model::Pending>(outcome)) return Status::pending;
  switch (model::category_of(outcome)) {
    case model::Category::passed: return Status::passed;
    case model::Category::skipped: return Status::skipped;
    case model::Category::failed: return Status::failed;
    case model::Category::could_not_run: break;
  }
  return Status::unknown;
}

/// The ids that the messages about one case share.
struct CaseIds {
  messages::PickleIds pickle;
  std::string test_case;
  std::string before;  ///< the step that is the hook before the others
  std::vector<std::string> steps;
  std::string after;
};

class MessagesWriter {
 public:
  MessagesWriter(const Recording& recording, std::ostream& out) : recording_(recording), out_(out) {
    if (!recording.runs().empty()) begun_ = recording.runs().front().planned.begun;
  }

  tl::expected<void, std::string> write() {
    if (auto read = read_files(); !read) return read;
    write_head();
    for (std::size_t i = 0; i < recording_.cases().size(); ++i) write_case(recording_.report(i));
    const auto& totals = recording_.totals();
    const auto left = recording_.left_behind();
    const bool success = totals.failed + totals.could_not_run == 0 && is_clean(left);
    const auto message =
        is_clean(left) ? std::string() : fmt::format("{}:\n{}", headline(left), describe(left));
    tell(messages::run_finished(run_id_, success, message, begun_ + recording_.duration()));
    return {};
  }

 private:
  void tell(const std::string& envelope) { out_ << envelope << '\n'; }

  tl::expected<void, std::string> read_files() {
    for (const auto& scenario : recording_.scenarios()) {
      const auto& uri = scenario.location.uri;
      if (files_.contains(uri)) continue;
      const auto source = recording_.sources().find(uri);
      if (source == recording_.sources().end()) {
        return tl::unexpected(
            fmt::format("the events do not hold the text of {}, which Cucumber Messages need", uri));
      }
      auto parsed = gherkin::parse(source->second);
      if (!parsed) {
        return tl::unexpected(fmt::format("{}: {}", uri, parsed.error().front().located_message()));
      }
      auto& file = files_.emplace(uri, std::make_unique<File>(std::move(*parsed))).first->second;
      for (const auto& pickle : file->pickles.pickles) file->by_line[pickle.location.line] = &pickle;
    }
    return {};
  }

  void write_head() {
    utsname system{};
    ::uname(&system);
    const auto& planned = recording_.runs().front().planned;
    tell(messages::meta(
        {planned.version.empty() ? "unknown" : planned.version, system.sysname, system.machine}));
    for (const auto& [uri, file] : files_) {
      file->ids = std::make_unique<messages::NodeIds>(file->document, next_id_);
      tell(messages::source_message(uri, recording_.sources().at(uri)));
      tell(messages::document_message(uri, file->document, *file->ids));
    }
    before_ = next_id_();
    after_ = next_id_();
    definition_ = next_id_();
    run_id_ = next_id_();
    tell(messages::hook(before_, "its instances start at the first step that names them", true));
    tell(messages::hook(after_, "its instances end", false));
    tell(messages::step_definition(definition_, "^(.*)$"));
    tell(messages::run_started(run_id_, begun_));
  }

  void write_case(const model::CaseReport& report) {
    const auto& file = *files_.at(report.location.uri);
    const auto found = file.by_line.find(report.location.line);
    if (found == file.by_line.end()) return;  // merged with a run of another version of the file
    auto pickle = *found->second;
    const auto name = clean_line(fmt::format("{} [{}]", pickle.name, combination_text(report)));
    pickle.name = name;
    CaseIds ids;
    ids.pickle = messages::ids_for(pickle, next_id_);
    tell(
        messages::pickle_message(report.location.uri, *file.document.feature, pickle, ids.pickle, *file.ids));
    write_test_case(ids);
    const auto attempts = report.earlier_attempts.size();
    for (std::size_t i = 0; i < attempts; ++i) write_attempt(report.earlier_attempts[i], ids, i, true);
    write_attempt(report, ids, attempts, false);
  }

  void write_test_case(CaseIds& ids) {
    ids.test_case = next_id_();
    ids.before = next_id_();
    for (std::size_t i = 0; i < ids.pickle.steps.size(); ++i) ids.steps.push_back(next_id_());
    ids.after = next_id_();
    std::vector<messages::TestStep> steps{{ids.before, before_, {}, {}}};
    for (std::size_t i = 0; i < ids.steps.size(); ++i) {
      steps.push_back({ids.steps[i], {}, ids.pickle.steps[i], definition_});
    }
    steps.push_back({ids.after, after_, {}, {}});
    tell(messages::test_case(ids.test_case, ids.pickle.pickle, run_id_, steps));
  }

  void write_attempt(const model::CaseReport& report, const CaseIds& ids, std::size_t attempt, bool again) {
    const auto id = next_id_();
    const auto begin = begun_ + report.started;
    tell(messages::case_started(id, ids.test_case, attempt, begin));
    const auto result = [&report](const model::Outcome& outcome, milliseconds took, bool with_evidence) {
      StepResult made{status_of(outcome), took, {}, {}};
      if (made.status != Status::passed) made.message = clean_text(model::message_of(outcome));
      if (with_evidence) made.message = describe_failure(report);
      if (const auto* failed = std::get_if<model::Failed>(&outcome)) made.type = clean_line(failed->type);
      return made;
    };
    // What no step is to blame for: before the first it is the first hook's, behind it the last one's.
    const bool passed = model::is_passed(report.outcome);
    const bool before = !passed && !report.culprit_step && report.steps.empty();
    const bool after = !passed && !report.culprit_step && !before;
    const auto first = report.steps.empty() ? report.duration : report.steps.front().started;
    step(id, ids.before, begin,
         before ? result(report.outcome, first, true) : StepResult{Status::passed, first, {}, {}});
    auto end = begin + first;
    for (std::size_t i = 0; i < ids.steps.size(); ++i) {
      const bool has_run = i < report.steps.size();
      const bool is_culprit = report.culprit_step == i;
      if (has_run) end = begin + report.steps[i].started;
      step(id, ids.steps[i], end,
           has_run ? result(report.steps[i].outcome, report.steps[i].duration, is_culprit)
                   : StepResult{Status::skipped, {}, {}, {}});
      if (has_run) end += report.steps[i].duration;
    }
    attach_logs(report, id, ids.after, end);
    const auto rest = std::max(milliseconds(0), begin + report.duration - end);
    step(id, ids.after, end,
         after ? result(report.outcome, rest, true)
               : StepResult{before ? Status::skipped : Status::passed, rest, {}, {}});
    tell(messages::case_finished(id, begin + report.duration, again));
  }

  void step(const std::string& started, const std::string& step, milliseconds begin,
            const StepResult& result) {
    tell(messages::step_started(started, step, begin));
    tell(messages::step_finished(started, step, begin + result.duration, result));
  }

  void attach_logs(const model::CaseReport& report, const std::string& started, const std::string& step,
                   milliseconds at) {
    for (const auto& instance : report.instances) {
      const auto text = log_text(instance);
      if (text.empty()) continue;
      const auto name = fmt::format("{}-{}.log", instance.platform.text(), instance.process.text());
      tell(messages::attachment(started, step, name, text, at));
    }
  }

  const Recording& recording_;
  std::ostream& out_;
  milliseconds begun_{0};
  messages::IdSource next_id_ = messages::counting_ids();
  std::map<std::string, std::unique_ptr<File>> files_;
  std::string run_id_;
  std::string before_;
  std::string after_;
  std::string definition_;
};

}  // namespace

tl::expected<void, std::string> write_messages(const Recording& recording, std::ostream& out) {
  return MessagesWriter(recording, out).write();
}

}  // namespace executor::report
