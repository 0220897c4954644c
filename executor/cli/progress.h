// What runs now, since when, and at which step: for whoever asks with SIGUSR1. Knows events only.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>

#include "base/deadline.h"
#include "executor/model/event.h"

namespace executor::cli {

class Progress : public model::EventSink {
 public:
  void on_event(const model::Event& event) override;

  /// Some lines, each with its end; times are those of this moment.
  [[nodiscard]] std::string text() const;

 private:
  struct Moment {
    base::TimePoint when = base::Clock::now();
    std::time_t wall = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  };
  struct Running {
    model::CaseId id;
    Moment begin;
    std::optional<model::StepStarted> step;
    Moment step_begin;
  };

  [[nodiscard]] static std::string text_of(const Running& running);

  bool has_started_ = false;
  std::size_t cases_ = 0;
  std::size_t over_ = 0;
  std::string preparing_;                   ///< what was heard last before the first case
  std::map<std::size_t, Running> running_;  ///< by the case's index
};

}  // namespace executor::cli
