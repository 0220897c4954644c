// The names under which the parts of events stand in JSON, once for writing and reading. It must not know
// how JSON is written or read.
#pragma once

#include "executor/model/event.h"

namespace executor::report {

// `archive(name, member)` is called for every member. What is left out where it is empty, and what a member
// that is not there means, is the archive's to say.

template <class Archive>
void visit_members(Archive& archive, model::Passed&) {
  static_cast<void>(archive);
}
template <class Archive>
void visit_members(Archive& archive, model::Failed& it) {
  archive("message", it.message);
  archive("type", it.type);
  archive("stack", it.stack);
  archive("expected", it.expected);
  archive("actual", it.actual);
}
template <class Archive>
void visit_members(Archive& archive, model::Undefined& it) {
  archive("message", it.message);
}
template <class Archive>
void visit_members(Archive& archive, model::Pending& it) {
  archive("message", it.message);
}
template <class Archive>
void visit_members(Archive& archive, model::Skipped& it) {
  archive("reason", it.reason);
}
template <class Archive>
void visit_members(Archive& archive, model::TimedOut& it) {
  archive("what", it.what);
  archive("limitMs", it.limit);
  archive("detail", it.detail);
}
template <class Archive>
void visit_members(Archive& archive, model::Exited& it) {
  archive("code", it.code);
  archive("detail", it.detail);
}
template <class Archive>
void visit_members(Archive& archive, model::KilledForMemory& it) {
  archive("limit", it.limit);
}
template <class Archive>
void visit_members(Archive& archive, model::ProtocolViolation& it) {
  archive("detail", it.detail);
}
template <class Archive>
void visit_members(Archive& archive, model::CouldNotRun& it) {
  archive("reason", it.reason);
  archive("hint", it.hint);
}
template <class Archive>
void visit_members(Archive& archive, model::Cancelled& it) {
  archive("reason", it.reason);
}

template <class Archive>
void visit_members(Archive& archive, model::SourceLocation& it) {
  archive("uri", it.uri);
  archive("line", it.line);
  archive("column", it.column);
}
template <class Archive>
void visit_members(Archive& archive, std::pair<model::ProcessName, model::PlatformName>& it) {
  archive("process", it.first);
  archive("platform", it.second);
}
template <class Archive>
void visit_members(Archive& archive, model::LogLine& it) {
  archive("atMs", it.at);
  archive("source", it.source);
  archive("level", it.level);
  archive("text", it.text);
}
template <class Archive>
void visit_members(Archive& archive, model::Life& it) {
  archive("createdMs", it.created);
  archive("startedMs", it.started);
  archive("readyMs", it.ready);
  archive("endedMs", it.ended);
}
template <class Archive>
void visit_members(Archive& archive, model::Usage& it) {
  archive("memory", it.memory);
  archive("cpuNs", it.cpu_nanoseconds);
  archive("pids", it.pids);
  archive("readBytes", it.read_bytes);
  archive("writeBytes", it.write_bytes);
}
template <class Archive>
void visit_members(Archive& archive, model::Sample& it) {
  archive("atMs", it.at);
  visit_members(archive, it.usage);
}
template <class Archive>
void visit_members(Archive& archive, model::InstanceReport& it) {
  archive("process", it.process);
  archive("platform", it.platform);
  archive("image", it.image);
  archive("imageId", it.image_id);
  archive("repoDigest", it.repo_digest);
  archive("architecture", it.architecture);
  archive("obtained", it.obtained);
  archive("command", it.command);
  archive("endedBy", it.ended_by);
  archive("exitCode", it.exit_code);
  archive("oomKilled", it.oom_killed);
  archive("lines", it.lines);
  archive("omittedBytes", it.omitted_bytes);
  archive("life", it.life);
  archive("measuredBy", it.measured_by);
  archive("peak", it.peak);
  archive("samples", it.samples);
}
template <class Archive>
void visit_members(Archive& archive, model::StepReport& it) {
  archive("location", it.location);
  archive("keyword", it.keyword);
  archive("text", it.text);
  archive("process", it.process);
  archive("outcome", it.outcome);
  archive("durationMs", it.duration);
  archive("startedMs", it.started);
}
template <class Archive>
void visit_members(Archive& archive, model::CaseReport& it) {
  archive("id", it.id);
  archive("feature", it.feature);
  archive("scenario", it.scenario);
  archive("location", it.location);
  archive("combination", it.combination);
  archive("tags", it.tags);
  archive("outcome", it.outcome);
  archive("culpritStep", it.culprit_step);
  archive("culpritProcess", it.culprit_process);
  archive("steps", it.steps);
  archive("instances", it.instances);
  archive("warnings", it.warnings);
  archive("durationMs", it.duration);
  archive("earlierAttempts", it.earlier_attempts);
  archive("artifacts", it.artifacts);
  archive("rerun", it.rerun);
  archive("bundle", it.bundle);
  archive("startedMs", it.started);
}
template <class Archive>
void visit_members(Archive& archive, model::PlatformImage& it) {
  archive("name", it.name);
  archive("reference", it.reference);
  archive("id", it.id);
  archive("repoDigest", it.repo_digest);
  archive("architecture", it.architecture);
  archive("obtained", it.obtained);
  archive("command", it.command);
}
template <class Archive>
void visit_members(Archive& archive, model::PlannedCase& it) {
  archive("id", it.id);
  archive("platforms", it.platforms);
}

template <class Archive>
void visit_members(Archive& archive, model::RunPlanned& it) {
  archive("run", it.run);
  archive("cexec", it.version);
  archive("mode", it.mode);
  archive("begunMs", it.begun);
  archive("cases", it.cases);
  archive("folder", it.folder);
}
template <class Archive>
void visit_members(Archive& archive, model::FeatureSource& it) {
  archive("uri", it.uri);
  archive("text", it.text);
}
template <class Archive>
void visit_members(Archive& archive, model::ScenarioPlanned& it) {
  archive("location", it.location);
  archive("feature", it.feature);
  archive("scenario", it.scenario);
  archive("tags", it.tags);
  archive("processes", it.processes);
  archive("first", it.first);
  archive("cases", it.cases);
}
template <class Archive>
void visit_members(Archive& archive, model::Preparing& it) {
  archive("platform", it.platform);
  archive("text", it.text);
  archive("isDetail", it.is_detail);
}
template <class Archive>
void visit_members(Archive& archive, model::RunStarted& it) {
  archive("run", it.run);
  archive("engine", it.engine);
  archive("platforms", it.platforms);
  archive("cases", it.cases);
  archive("limits", it.limits);
}
template <class Archive>
void visit_members(Archive& archive, model::CaseStarted& it) {
  archive("id", it.id);
  archive("index", it.index);
}
template <class Archive>
void visit_members(Archive& archive, model::StepStarted& it) {
  archive("index", it.index);
  archive("location", it.location);
  archive("text", it.text);
  archive("process", it.process);
}
template <class Archive>
void visit_members(Archive& archive, model::CaseFinished& it) {
  archive("index", it.index);
  archive("report", it.report);
}
template <class Archive>
void visit_members(Archive& archive, model::Swept& it) {
  archive("removed", it.removed);
  archive("failures", it.failures);
}
template <class Archive>
void visit_members(Archive& archive, model::EngineAbsence& it) {
  archive("isOver", it.is_over);
  archive("reason", it.reason);
  archive("patienceMs", it.patience);
  archive("waitedMs", it.waited);
}
template <class Archive>
void visit_members(Archive& archive, model::RunFailed& it) {
  archive("reason", it.reason);
  archive("hint", it.hint);
  archive("output", it.output);
}
template <class Archive>
void visit_members(Archive& archive, model::LeftBehind& it) {
  archive("what", it.what);
  archive("case", it.case_id);
}
template <class Archive>
void visit_members(Archive& archive, model::RunFinished& it) {
  archive("run", it.run);
  archive("durationMs", it.duration);
  archive("stoppedBecause", it.stopped_because);
  archive("leftBehind", it.left_behind);
}

}  // namespace executor::report
