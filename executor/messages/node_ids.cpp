// The ids by which Cucumber Messages refer to the parts of a feature file and to its pickles. It must not
// know how messages are written.
#include "executor/messages/node_ids.h"

#include "base/random.h"

namespace executor::messages {
namespace {

/// Walks a document, each part behind those it is made of.
class Numbering {
 public:
  Numbering(std::unordered_map<const void*, std::string>& ids, const IdSource& next)
      : ids_(ids), next_(next) {}

  void add(const gherkin::Feature& feature) {
    add_children(feature);
    add_all(feature.rules);
    add_all(feature.tags);
  }

  void add(const gherkin::Rule& rule) {
    add_children(rule);
    add_all(rule.tags);
    add_node(&rule);
  }

  void add(const gherkin::Scenario& scenario) {
    add_all(scenario.steps);
    add_all(scenario.examples);
    add_all(scenario.tags);
    add_node(&scenario);
  }

  void add(const gherkin::Examples& examples) {
    if (examples.header) add(*examples.header);
    add_all(examples.body);
    add_all(examples.tags);
    add_node(&examples);
  }

  void add(const gherkin::Step& step) {
    if (step.table) add_all(step.table->rows);
    add_node(&step);
  }

  void add(const gherkin::Row& row) { add_node(&row); }
  void add(const gherkin::Tag& tag) { add_node(&tag); }

 private:
  template <class FeatureOrRule>
  void add_children(const FeatureOrRule& block) {
    if (block.background) {
      add_all(block.background->steps);
      add_node(&*block.background);
    }
    add_all(block.scenarios);
  }

  template <class T>
  void add_all(const std::vector<T>& parts) {
    for (const auto& part : parts) add(part);
  }

  void add_node(const void* node) { ids_.emplace(node, next_()); }

  std::unordered_map<const void*, std::string>& ids_;
  const IdSource& next_;
};

}  // namespace

IdSource counting_ids() {
  return [next = std::uint64_t{0}]() mutable { return std::to_string(next++); };
}

IdSource random_ids() {
  return [] { return base::random_uuid(); };
}

NodeIds::NodeIds(const gherkin::Document& document, const IdSource& next) {
  if (document.feature) Numbering(ids_, next).add(*document.feature);
}

PickleIds ids_for(const gherkin::Pickle& pickle, const IdSource& next) {
  PickleIds ids;
  for (std::size_t i = 0; i < pickle.steps.size(); ++i) ids.steps.push_back(next());
  ids.pickle = next();
  return ids;
}

}  // namespace executor::messages
