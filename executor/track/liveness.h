// Whether the cexec that made something still lives. It must not know the engine.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "executor/track/labels.h"

namespace executor::track {

/// Unknown: an owner on another machine, or in a part of this one that cannot be looked into. Nothing of such
/// a one is removed unasked.
enum class Liveness { alive, dead, unknown };
std::string_view name_of(Liveness liveness);

/// Asks a proc(5) about owners. An owner's process is dead where another one has its pid, as the start time
/// tells, and where this machine has been booted since.
class LivenessCheck {
 public:
  explicit LivenessCheck(std::filesystem::path proc = "/proc") : proc_(std::move(proc)) {}

  /// `owner` and `machine` are the texts of the labels.
  [[nodiscard]] Liveness of(const std::string& owner, const std::string& machine) const;

 private:
  [[nodiscard]] Liveness in_other_namespace(const Owner& owner) const;

  const std::filesystem::path proc_;
  const Owner self_ = current_owner();
  const std::string machine_ = machine_id();
};

/// Clock ticks from boot to the start of a process (proc(5), stat, field 22); 0 if there is no such process.
std::uint64_t start_time_of(const std::filesystem::path& stat_file);

}  // namespace executor::track
