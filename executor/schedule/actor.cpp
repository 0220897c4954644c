// One process of a case and the servers that play it, one after the other. It must not know the other
// processes, nor what a step means for the case.
#include "executor/schedule/actor.h"

#include <algorithm>

namespace executor::schedule {

Actor::Actor(model::ProcessName name, const config::Platform& platform, const std::filesystem::path& log_file,
             base::TimePoint begin, std::shared_ptr<instance::Transcript> transcript)
    : name_(std::move(name)),
      platform_(platform),
      transcript_(std::move(transcript)),
      log_(std::make_shared<instance::Log>(log_file, begin)) {}

Actor::Health Actor::start_now(const StartRequest& request) {
  instance::Identity identity;
  identity.process = name_;
  identity.platform = platform_.name;
  identity.framing = platform_.framing;
  identity.grace = platform_.stop_grace_period;
  identity.memory_limit = request.limits.memory;
  identity.run_begin = request.run_begin;
  auto server = request.site.make_server({name_, &platform_, request.limits});
  server_ = std::make_unique<instance::Instance>(identity, std::move(server),
                                                 instance::Evidence{log_, transcript_});
  auto health = server_->start(request.deadline, request.limit, request.stop);
  if (!health && !health.error().cancelled) server_->kill();  // so that it is known how it ended
  return health;
}

void Actor::start_ahead(const StartRequest& request) {
  transcript_->hold(name_);
  ahead_ = start_now(request);
}

bool Actor::adopt(ReadyServer ready, const base::Deadline& deadline, const std::stop_token& stop) {
  transcript_->hold(name_);
  server_ = std::move(ready.server);
  if (!server_->reset({log_, transcript_}, deadline, stop)) return false;
  ahead_ = std::move(ready.health);
  return true;
}

void Actor::abandon() {
  ahead_.reset();
  if (server_) retired_.push_back(std::move(server_));
}

bool Actor::can_be_given_away() const {
  const auto& has = health_.capabilities;
  if (live() == nullptr || std::find(has.begin(), has.end(), "reset") == has.end()) return false;
  const auto ended = server_->wait(base::Deadline::in(milliseconds(0)), {});
  return ended && !*ended;
}

ReadyServer Actor::give_away() {
  is_taken_ = false;
  return {std::move(server_), health_};
}

Actor::Health Actor::start(const StartRequest& request) {
  auto health = ahead_ ? std::move(*ahead_) : start_now(request);
  ahead_.reset();
  transcript_->release(name_);
  was_started_ = true;
  is_taken_ = true;
  if (health) health_ = *health;
  return health;
}

model::InstanceReport Actor::retire(std::string gone) {
  last_exit_ = server_->exit();
  gone_ = std::move(gone);
  auto report = server_->report();
  retired_.push_back(std::move(server_));
  is_taken_ = false;
  return report;
}

std::vector<std::string> Actor::dispose() {
  if (server_ && !is_taken_) log_->discard();
  if (server_) retired_.push_back(std::move(server_));
  std::vector<std::string> problems;
  for (auto& server : retired_) {
    if (auto problem = server->dispose(); !problem.empty()) problems.push_back(std::move(problem));
  }
  retired_.clear();
  return problems;
}

}  // namespace executor::schedule
