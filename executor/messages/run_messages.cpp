// Cucumber Messages about a run: meta, hooks, test cases and what became of their steps. It must not know how
// a run is done, nor where the messages are written to.
#include "executor/messages/run_messages.h"

#include "base/json.h"

namespace executor::messages {
namespace {

using base::json::Writer;

void write_moment(Writer& out, std::string_view name, milliseconds span) {
  out.key(name).begin_object().member("seconds", span.count() / 1000);
  out.member("nanos", span.count() % 1000 * 1'000'000).end_object();
}

void write_product(Writer& out, std::string_view key, std::string_view name, std::string_view version = {}) {
  out.key(key).begin_object().member("name", name);
  if (!version.empty()) out.member("version", version);
  out.end_object();
}

std::string closed(Writer& out) {
  return out.end_object().end_object().take();
}

std::string_view name_of(Status status) {
  switch (status) {
    case Status::unknown: return "UNKNOWN";
    case Status::passed: return "PASSED";
    case Status::skipped: return "SKIPPED";
    case Status::pending: return "PENDING";
    case Status::undefined: return "UNDEFINED";
    case Status::failed: return "FAILED";
  }
  return "UNKNOWN";
}

}  // namespace

std::string meta(const Host& host) {
  Writer out;
  out.begin_object().key("meta").begin_object().member("protocolVersion", kProtocolVersion);
  write_product(out, "implementation", "cexec", host.cexec);
  write_product(out, "runtime", "cexec", host.cexec);
  write_product(out, "os", host.os);
  write_product(out, "cpu", host.cpu);
  return closed(out);
}

std::string hook(std::string_view id, std::string_view name, bool is_before) {
  Writer out;
  out.begin_object().key("hook").begin_object().member("id", id).member("name", name);
  out.member("type", is_before ? "BEFORE_TEST_CASE" : "AFTER_TEST_CASE");
  out.key("sourceReference").begin_object().member("uri", "cexec").end_object();
  return closed(out);
}

std::string step_definition(std::string_view id, std::string_view pattern) {
  Writer out;
  out.begin_object().key("stepDefinition").begin_object().member("id", id);
  out.key("pattern")
      .begin_object()
      .member("source", pattern)
      .member("type", "REGULAR_EXPRESSION")
      .end_object();
  out.key("sourceReference").begin_object().member("uri", "cexec").end_object();
  return closed(out);
}

std::string run_started(std::string_view id, milliseconds at) {
  Writer out;
  out.begin_object().key("testRunStarted").begin_object().member("id", id);
  write_moment(out, "timestamp", at);
  return closed(out);
}

std::string run_finished(std::string_view id, bool success, std::string_view message, milliseconds at) {
  Writer out;
  out.begin_object().key("testRunFinished").begin_object().member("testRunStartedId", id);
  out.member("success", success);
  if (!message.empty()) out.member("message", message);
  write_moment(out, "timestamp", at);
  return closed(out);
}

std::string test_case(std::string_view id, std::string_view pickle, std::string_view run,
                      const std::vector<TestStep>& steps) {
  Writer out;
  out.begin_object().key("testCase").begin_object().member("id", id).member("pickleId", pickle);
  out.member("testRunStartedId", run).key("testSteps").begin_array();
  for (const auto& step : steps) {
    out.begin_object().member("id", step.id);
    if (!step.hook.empty()) {
      out.member("hookId", step.hook);
    } else {
      out.member("pickleStepId", step.pickle_step);
      out.key("stepDefinitionIds").begin_array().value(step.definition).end_array();
      out.key("stepMatchArgumentsLists").begin_array().begin_object();
      out.key("stepMatchArguments").begin_array().end_array().end_object().end_array();
    }
    out.end_object();
  }
  out.end_array();
  return closed(out);
}

std::string case_started(std::string_view id, std::string_view test_case, std::size_t attempt,
                         milliseconds at) {
  Writer out;
  out.begin_object().key("testCaseStarted").begin_object().member("id", id).member("testCaseId", test_case);
  out.member("attempt", attempt);
  write_moment(out, "timestamp", at);
  return closed(out);
}

std::string case_finished(std::string_view started, milliseconds at, bool will_be_retried) {
  Writer out;
  out.begin_object().key("testCaseFinished").begin_object().member("testCaseStartedId", started);
  write_moment(out, "timestamp", at);
  out.member("willBeRetried", will_be_retried);
  return closed(out);
}

std::string step_started(std::string_view case_started, std::string_view step, milliseconds at) {
  Writer out;
  out.begin_object().key("testStepStarted").begin_object();
  out.member("testCaseStartedId", case_started).member("testStepId", step);
  write_moment(out, "timestamp", at);
  return closed(out);
}

std::string step_finished(std::string_view case_started, std::string_view step, milliseconds at,
                          const StepResult& result) {
  Writer out;
  out.begin_object().key("testStepFinished").begin_object();
  out.member("testCaseStartedId", case_started).member("testStepId", step);
  out.key("testStepResult").begin_object();
  write_moment(out, "duration", result.duration);
  out.member("status", name_of(result.status));
  if (!result.message.empty()) out.member("message", result.message);
  if (result.status == Status::failed && !result.type.empty()) {
    out.key("exception")
        .begin_object()
        .member("type", result.type)
        .member("message", result.message)
        .end_object();
  }
  out.end_object();
  write_moment(out, "timestamp", at);
  return closed(out);
}

std::string attachment(std::string_view case_started, std::string_view step, std::string_view name,
                       std::string_view text, milliseconds at) {
  Writer out;
  out.begin_object().key("attachment").begin_object();
  out.member("testCaseStartedId", case_started).member("testStepId", step);
  out.member("body", text).member("contentEncoding", "IDENTITY");
  out.member("mediaType", "text/x.cucumber.log+plain").member("fileName", name);
  write_moment(out, "timestamp", at);
  return closed(out);
}

}  // namespace executor::messages
