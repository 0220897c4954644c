// What red cases have in common: those that fail in the same way are one cause, and where a process, a
// platform or a pair is in all of them and not in all cases, that is said. It must not know how it is shown.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "executor/model/event.h"

namespace executor::report {

/// Red cases that fail in the same way.
struct Cause {
  std::string signature;           ///< the same for all of them
  std::vector<std::size_t> cases;  ///< by the numbers that `add` was given, in their order
  std::string explanation;         ///< see CauseFinder::in_common; may be empty
};

/// Is shown the cases one by one. Its memory grows with the number of processes, platforms and causes, and by
/// a number for each red case.
class CauseFinder {
 public:
  /// `number` is the caller's, for `Cause::cases`. Returns whether it is the first of its cause.
  bool add(std::size_t number, const model::CaseReport& report);

  /// Those with most cases first.
  [[nodiscard]] std::vector<Cause> causes() const;
  /// What all red cases have in common, whatever their causes: "all 12 failures have reader=node; 3 other
  /// cases with it do not fail like this". Empty if nothing, or if there is one cause only.
  [[nodiscard]] std::string in_common() const;

 private:
  /// How many cases have a certain thing in their combination.
  using Counts = std::map<std::string, std::size_t>;
  struct Group {
    std::string signature;
    std::vector<std::size_t> cases;
    Counts with;
  };
  [[nodiscard]] std::string explain(std::size_t red, const Counts& with) const;

  std::size_t ran_ = 0;
  Counts ran_with_;
  Counts red_with_;
  std::size_t red_ = 0;
  std::vector<Group> groups_;
  std::map<std::string, std::size_t> group_of_;
};

/// What tells one way to fail from another: the kind of the outcome and its message, in which the numbers do
/// not matter. Two cases with the same one are taken to have the same cause.
std::string signature_of(const model::CaseReport& report);

}  // namespace executor::report
