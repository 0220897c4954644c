// How long cases took in earlier runs, kept beside their artifacts. It must not know what that is used for.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "executor/model/event.h"

namespace executor::report {

/// A text file with a line for each case: milliseconds, a space, the case's id. Cases that a run does not
/// have keep their lines, so that a run of a few does not make the others unknown.
class Durations : public model::EventSink {
 public:
  /// Reads the file. One that is not there, or cannot be read, is the same as an empty one, and lines that
  /// are none are skipped: nothing depends on it but an order and a guess.
  explicit Durations(std::filesystem::path file);

  /// Of the last run that brought the case to an end, passed or failed.
  [[nodiscard]] std::optional<std::chrono::milliseconds> of(std::string_view id) const;
  [[nodiscard]] bool empty() const { return known_.empty(); }

  /// Takes the ends of cases. Memory grows by some bytes a case.
  void on_event(const model::Event& event) override;

  /// Replaces the file by one with what was taken, at once or not at all. Empty, or what went wrong.
  std::string save();

 private:
  static std::size_t key_of(std::string_view id);
  [[nodiscard]] std::filesystem::path unfinished() const;
  void copy_others();

  const std::filesystem::path file_;
  std::unordered_map<std::size_t, std::uint32_t> known_;  ///< milliseconds by the id's hash
  std::unordered_set<std::size_t> taken_;
  std::ofstream out_;  ///< of `unfinished()`; open once something was taken
};

}  // namespace executor::report
