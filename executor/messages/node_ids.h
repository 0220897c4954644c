// The ids by which Cucumber Messages refer to the parts of a feature file and to its pickles. It must not
// know how messages are written.
#pragma once

#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

#include "executor/gherkin/ast.h"
#include "executor/gherkin/pickle.h"

namespace executor::messages {

/// Gives a new id with every call.
using IdSource = std::function<std::string()>;

/// "0", "1", … from one source to the next, as Gherkin's parsers number with predictable ids.
IdSource counting_ids();
/// Random UUIDs.
IdSource random_ids();

/// The ids of one document's steps, rows, tags, scenarios, examples, backgrounds and rules, given in the
/// order in which Gherkin's parsers give them: each part behind those it is made of. The document must
/// outlive them and stay where it is.
class NodeIds {
 public:
  NodeIds(const gherkin::Document& document, const IdSource& next);

  /// `node` must be a part of the document that has an id.
  [[nodiscard]] const std::string& of(const void* node) const { return ids_.at(node); }

 private:
  std::unordered_map<const void*, std::string> ids_;
};

/// The ids of one pickle and of its steps.
struct PickleIds {
  std::string pickle;
  std::vector<std::string> steps;
};
PickleIds ids_for(const gherkin::Pickle& pickle, const IdSource& next);

}  // namespace executor::messages
