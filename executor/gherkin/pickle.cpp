// Pickles: scenarios as they run, one for each row of an outline, with backgrounds and tags in place. It must
// not know what a step means.
#include "executor/gherkin/pickle.h"

namespace executor::gherkin {
namespace {

/// A new text, in one pass: texts may be long and hold many.
std::string replaced(std::string_view text, std::string_view placeholder, std::string_view value) {
  std::string out;
  out.reserve(text.size());
  while (true) {
    const auto at = text.find(placeholder);
    out += text.substr(0, at);
    if (at == std::string_view::npos) return out;
    out += value;
    text.remove_prefix(at + placeholder.size());
  }
}

std::size_t count_pickles(const std::vector<Scenario>& scenarios) {
  std::size_t count = 0;
  for (const auto& scenario : scenarios) {
    if (scenario.examples.empty()) ++count;
    for (const auto& examples : scenario.examples) count += examples.body.size();
  }
  return count;
}

class Compiler {
 public:
  explicit Compiler(const Document& document) : document_(document) {}

  Pickles run() {
    if (!document_.feature) return {};
    const Feature& feature = *document_.feature;
    std::size_t count = count_pickles(feature.scenarios);
    for (const auto& rule : feature.rules) count += count_pickles(rule.scenarios);
    out_.pickles.reserve(count);
    add_background(feature.background);
    for (const auto& scenario : feature.scenarios) compile_scenario(nullptr, scenario);
    const auto of_feature = backgrounds_.size();
    for (const auto& rule : feature.rules) {
      backgrounds_.resize(of_feature);
      add_background(rule.background);
      for (const auto& scenario : rule.scenarios) compile_scenario(&rule, scenario);
    }
    return std::move(out_);
  }

 private:
  void add_background(const std::optional<Background>& background) {
    if (!background) return;
    for (const auto& step : background->steps) backgrounds_.push_back(&step);
  }

  void compile_scenario(const Rule* rule, const Scenario& scenario) {
    if (scenario.examples.empty()) {
      add_pickle(rule, scenario, nullptr, nullptr);
      return;
    }
    for (const auto& examples : scenario.examples) {
      for (const auto& row : examples.body) add_pickle(rule, scenario, &examples, &row);
    }
  }

  void add_pickle(const Rule* rule, const Scenario& scenario, const Examples* examples, const Row* row) {
    Pickle pickle;
    pickle.rule = rule;
    pickle.scenario = &scenario;
    pickle.row = row;
    pickle.location = row == nullptr ? scenario.location : row->location;
    const Row* header = examples == nullptr ? nullptr : &*examples->header;
    pickle.name = filled(scenario.name, header, row);
    pickle.tags.reserve(document_.feature->tags.size() + (rule == nullptr ? 0 : rule->tags.size()) +
                        scenario.tags.size() + (examples == nullptr ? 0 : examples->tags.size()));
    const auto add_tags = [&pickle](const std::vector<Tag>& tags) {
      for (const auto& tag : tags) pickle.tags.push_back(&tag);
    };
    add_tags(document_.feature->tags);
    if (rule != nullptr) add_tags(rule->tags);
    add_tags(scenario.tags);
    if (examples != nullptr) add_tags(examples->tags);
    if (!scenario.steps.empty()) {
      pickle.steps.reserve(backgrounds_.size() + scenario.steps.size());
      for (const auto* step : backgrounds_) pickle.steps.push_back(plain(*step));
      for (const auto& step : scenario.steps) pickle.steps.push_back(filled_step(step, header, row));
      resolve_conjunctions(pickle.steps);
    }
    out_.pickles.push_back(std::move(pickle));
  }

  static PickleStep plain(const Step& step) {
    return {&step, step.keyword_type, step.text, step.table.get(), step.doc_string.get()};
  }

  static void resolve_conjunctions(std::vector<PickleStep>& steps) {
    auto before = KeywordType::unknown;
    for (auto& step : steps) {
      if (step.type == KeywordType::conjunction) step.type = before;
      before = step.type;
    }
  }

  PickleStep filled_step(const Step& step, const Row* header, const Row* row) {
    auto result = plain(step);
    if (row == nullptr) return result;
    result.text = filled(step.text, header, row);
    if (step.table != nullptr) result.table = filled_table(*step.table, header, row);
    if (step.doc_string != nullptr) {
      DocString copy = *step.doc_string;
      copy.content = filled(copy.content, header, row);
      copy.media_type = filled(copy.media_type, header, row);
      result.doc_string = out_.doc_strings.emplace_back(std::make_unique<DocString>(copy)).get();
    }
    return result;
  }

  const DataTable* filled_table(const DataTable& table, const Row* header, const Row* row) {
    auto copy = std::make_unique<DataTable>(table);
    for (auto& line : copy->rows) {
      for (auto& cell : line.cells) cell.value = filled(cell.value, header, row);
    }
    return out_.tables.emplace_back(std::move(copy)).get();
  }

  /// Replaces "<name>" of each column in turn by the row's cell, also what an earlier column brought in.
  std::string_view filled(std::string_view text, const Row* header, const Row* row) const {
    if (row == nullptr || text.find('<') == std::string_view::npos) return text;
    std::string changed;
    auto now = text;
    for (std::size_t i = 0; i < header->cells.size(); ++i) {
      const std::string placeholder = "<" + std::string(header->cells[i].value) + ">";
      if (now.find(placeholder) == std::string_view::npos) continue;
      changed = replaced(now, placeholder, row->cells[i].value);
      now = changed;
    }
    return now.data() == text.data() ? text : document_.keep(now);
  }

  const Document& document_;
  Pickles out_;
  std::vector<const Step*> backgrounds_;
};

}  // namespace

Pickles compile(const Document& document) {
  return Compiler(document).run();
}

}  // namespace executor::gherkin
