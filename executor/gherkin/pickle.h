// Pickles: scenarios as they run, one for each row of an outline, with backgrounds and tags in place. It must
// not know what a step means.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "executor/gherkin/ast.h"

namespace executor::gherkin {

/// A step with its placeholders filled in.
struct PickleStep {
  const Step* step = nullptr;  ///< where it stands in the tree
  /// What the keyword says of the step, And and But being what the step before was; never a conjunction.
  KeywordType type = KeywordType::unknown;
  std::string_view text;
  const DataTable* table = nullptr;       ///< null if none
  const DocString* doc_string = nullptr;  ///< null if none
};

struct Pickle {
  Location location;  ///< of the scenario, or of the row of its examples
  std::string_view name;
  const Rule* rule = nullptr;  ///< that the scenario belongs to; null if none
  const Scenario* scenario = nullptr;
  const Row* row = nullptr;       ///< null where there are no examples
  std::vector<const Tag*> tags;   ///< of the feature, the rule, the scenario and the examples, in this order
  std::vector<PickleStep> steps;  ///< of the backgrounds and the scenario; none if the scenario has none
};

/// The pickles of one document, which must outlive them.
struct Pickles {
  std::vector<Pickle> pickles;
  std::vector<std::unique_ptr<DataTable>> tables;  ///< filled-in copies
  std::vector<std::unique_ptr<DocString>> doc_strings;
};

Pickles compile(const Document& document);

}  // namespace executor::gherkin
