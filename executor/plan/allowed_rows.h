// Which rows of numbers the constraints allow, and whether a row that is decided in part can still become
// one. It must not know what the numbers stand for, nor why a row is wanted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace executor::plan {

/// For each factor the index of its value.
using Row = std::vector<std::size_t>;

/// In a row: this factor has no value yet.
inline constexpr std::size_t kOpen = static_cast<std::size_t>(-1);

/// A row is forbidden where every factor named here has one of the values named for it. Naming a factor twice
/// asks for both, naming none forbids every row, and what does not exist (a factor or value out of range) is
/// never met.
struct Forbidden {
  std::vector<std::pair<std::size_t /*factor*/, std::vector<std::size_t> /*values*/>> where;
};

/// The rows of one set of factors under one set of constraints. A value escapes a constraint that names its
/// factor and not the value; a row is allowed if each constraint is escaped by one of its values.
class AllowedRows {
 public:
  /// `levels` says for each factor how many values it has.
  AllowedRows(const std::vector<std::size_t>& levels, const std::vector<Forbidden>& forbidden);

  /// Whether a row without open factors is allowed. Takes factors × constraints / 64.
  [[nodiscard]] bool contains(const Row& row) const;

  /// An allowed row with all the values that `row` has already, or nothing if there is none. Always exact, at
  /// whatever cost: the question is that of a set cover, which is NP-complete. The search takes the
  /// constraint with the fewest ways out first, tries only values that escape more than others do, and enters
  /// no dead end twice in the life of this object; one is known by the constraints still to be escaped, not
  /// by the values that led to it. So it is exponential at worst in the number of constraints that overlap.
  /// 12 factors of 12 values with 30 random constraints, as wide as makes it hardest, took at most about 1500
  /// steps a call. What it finds hard is counting: that 9 factors cannot be all different with 8 values, in
  /// 288 constraints, takes 0.7 s, and each one more ten times that.
  [[nodiscard]] std::optional<Row> completed(Row row);

  /// What the calls of `completed` have cost so far, roughly, in comparisons of two numbers.
  [[nodiscard]] std::size_t comparisons() const { return comparisons_; }

 private:
  using Rules = std::vector<std::uint64_t>;  ///< a set of constraints, a bit for each

  void add_rule(std::size_t rule, const Forbidden& forbidden);
  void find_choices();
  bool search(const Rules& left, Row& row);

  std::vector<std::vector<Rules>> escapes_;        ///< by factor and value: the constraints that it escapes
  std::vector<std::vector<std::size_t>> choices_;  ///< by factor: the values that none other stands in for
  Rules all_;
  std::set<std::pair<Rules, std::vector<bool>>> dead_ends_;  ///< constraints left, factors that might help
  std::size_t comparisons_ = 0;
};

/// A row that is decided value by value and can be completed to an allowed one at any time.
class RowDraft {
 public:
  /// All open. There must be an allowed row, and `allowed` must outlive this.
  RowDraft(AllowedRows& allowed, std::size_t factors)
      : allowed_(allowed), row_(factors, kOpen), completed_(*allowed.completed(row_)) {}

  [[nodiscard]] const Row& row() const { return row_; }
  /// An allowed row with all the values of `row()`.
  [[nodiscard]] const Row& completed() const { return completed_; }

  /// Gives an open factor the value if there is an allowed row with that, else leaves it open.
  bool try_value(std::size_t factor, std::size_t value);

 private:
  AllowedRows& allowed_;
  Row row_;
  Row completed_;
};

}  // namespace executor::plan
