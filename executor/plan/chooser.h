// Whether a scenario is among those that are wanted. It must not know its combinations.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "executor/plan/plan.h"
#include "executor/plan/selection.h"

namespace executor::plan {

/// Applies a selection's wishes about scenarios one after the other, and counts what each leaves. The
/// selection must outlive it.
class Chooser {
 public:
  explicit Chooser(const Selection& selection);
  Chooser(const Chooser&) = delete;
  Chooser& operator=(const Chooser&) = delete;

  /// Whether every wish holds of the pickle of `file`.
  bool chooses(const FeatureFile& file, const gherkin::Pickle& pickle);

  /// What was counted, a wish each, in the order in which they are applied: the paths first.
  [[nodiscard]] std::vector<Narrowing> narrowings() const;

 private:
  using Condition = std::function<bool(const FeatureFile& file, const gherkin::Pickle& pickle)>;
  struct Wish {
    Narrowing narrowing;
    Condition holds;
  };

  void add(std::string by, Condition holds, std::string lacked = {});
  void add_places();
  void add_marks();
  [[nodiscard]] bool is_at_a_path(const FeatureFile& file, const gherkin::Pickle& pickle) const;
  [[nodiscard]] bool has_a_level(const FeatureFile& file, const gherkin::Pickle& pickle) const;
  bool has_the_tags(const gherkin::Pickle& pickle);

  const Selection& selection_;
  std::vector<Wish> wishes_;
  std::map<std::string_view, std::vector<std::optional<std::uint32_t>>> paths_;  ///< lines, by file
  std::set<std::pair<std::string_view, std::uint32_t>> cases_;  ///< places of the wanted ones
  std::vector<std::string_view> names_;                         ///< of the tags of one pickle
};

}  // namespace executor::plan
