// Cucumber Messages about feature files: source, gherkinDocument, pickle, parseError. It must not know where
// they are written to, nor of any run.
#include "executor/messages/gherkin_messages.h"

#include "base/json.h"

namespace executor::messages {
namespace {

using base::json::Writer;
using gherkin::Location;

void write_location(Writer& out, const Location& location) {
  out.key("location").begin_object().member("line", location.line);
  // The end of a file has no column.
  if (location.column != 0) out.member("column", location.column);
  out.end_object();
}

/// Writes the tree, whose every part knows how it is written.
class TreeWriter {
 public:
  TreeWriter(Writer& out, const NodeIds& ids) : out_(out), ids_(ids) {}

  void write(const gherkin::Feature& feature) {
    out_.begin_object();
    write_all("tags", feature.tags);
    write_location(out_, feature.location);
    out_.member("language", feature.language);
    write_heading(feature);
    begin_children(feature);
    for (const auto& rule : feature.rules) write_child("rule", rule);
    out_.end_array().end_object();
  }

  void write(const gherkin::Comment& comment) {
    out_.begin_object();
    write_location(out_, comment.location);
    out_.member("text", comment.text).end_object();
  }

 private:
  void write(const gherkin::Rule& rule) {
    begin(rule);
    write_location(out_, rule.location);
    write_heading(rule);
    begin_children(rule);
    out_.end_array();
    write_all("tags", rule.tags);
    out_.end_object();
  }

  void write(const gherkin::Background& background) {
    begin(background);
    write_location(out_, background.location);
    write_heading(background);
    write_all("steps", background.steps);
    out_.end_object();
  }

  void write(const gherkin::Scenario& scenario) {
    begin(scenario);
    write_all("tags", scenario.tags);
    write_location(out_, scenario.location);
    write_heading(scenario);
    write_all("steps", scenario.steps);
    write_all("examples", scenario.examples);
    out_.end_object();
  }

  void write(const gherkin::Examples& examples) {
    begin(examples);
    write_all("tags", examples.tags);
    write_location(out_, examples.location);
    write_heading(examples);
    if (examples.header) {
      out_.key("tableHeader");
      write(*examples.header);
    }
    write_all("tableBody", examples.body);
    out_.end_object();
  }

  void write(const gherkin::Step& step) {
    begin(step);
    write_location(out_, step.location);
    out_.member("keyword", step.keyword).member("keywordType", gherkin::name_of(step.keyword_type));
    out_.member("text", step.text);
    if (step.table) {
      out_.key("dataTable").begin_object();
      write_location(out_, step.table->location);
      write_all("rows", step.table->rows);
      out_.end_object();
    }
    if (step.doc_string) write(*step.doc_string);
    out_.end_object();
  }

  void write(const gherkin::DocString& text) {
    out_.key("docString").begin_object();
    write_location(out_, text.location);
    out_.member("content", text.content).member("delimiter", text.delimiter);
    if (!text.media_type.empty()) out_.member("mediaType", text.media_type);
    out_.end_object();
  }

  void write(const gherkin::Row& row) {
    begin(row);
    write_location(out_, row.location);
    write_all("cells", row.cells);
    out_.end_object();
  }

  void write(const gherkin::Cell& cell) {
    out_.begin_object();
    write_location(out_, cell.location);
    out_.member("value", cell.value).end_object();
  }

  void write(const gherkin::Tag& tag) {
    out_.begin_object();
    write_location(out_, tag.location);
    out_.member("name", tag.name).member("id", ids_.of(&tag)).end_object();
  }

  template <class Node>
  void begin(const Node& node) {
    out_.begin_object().member("id", ids_.of(&node));
  }

  void write_heading(const gherkin::Heading& heading) {
    out_.member("keyword", heading.keyword).member("name", heading.name);
    out_.member("description", heading.description);
  }

  template <class T>
  void write_child(std::string_view name, const T& child) {
    out_.begin_object().key(name);
    write(child);
    out_.end_object();
  }

  /// All but the rules; leaves the array open.
  template <class FeatureOrRule>
  void begin_children(const FeatureOrRule& block) {
    out_.key("children").begin_array();
    if (block.background) write_child("background", *block.background);
    for (const auto& scenario : block.scenarios) write_child("scenario", scenario);
  }

  template <class T>
  void write_all(std::string_view name, const std::vector<T>& parts) {
    out_.key(name).begin_array();
    for (const auto& part : parts) write(part);
    out_.end_array();
  }

  Writer& out_;
  const NodeIds& ids_;
};

/// `index` counts from 1; 0 where the step has one argument only.
void write_doc_string_argument(Writer& out, const gherkin::DocString& text, int index) {
  out.key("docString").begin_object();
  if (index > 0) out.member("argumentIndex", index);
  out.member("content", text.content);
  if (!text.media_type.empty()) out.member("mediaType", text.media_type);
  out.end_object();
}

void write_table_argument(Writer& out, const gherkin::DataTable& table, int index) {
  out.key("dataTable").begin_object();
  if (index > 0) out.member("argumentIndex", index);
  out.key("rows").begin_array();
  for (const auto& row : table.rows) {
    out.begin_object().key("cells").begin_array();
    for (const auto& cell : row.cells) out.begin_object().member("value", cell.value).end_object();
    out.end_array().end_object();
  }
  out.end_array().end_object();
}

void write_arguments(Writer& out, const gherkin::PickleStep& step) {
  if (step.table == nullptr && step.doc_string == nullptr) return;
  const bool both = step.table != nullptr && step.doc_string != nullptr;
  const bool table_first = both && step.doc_string->location.line > step.table->location.line;
  out.key("argument").begin_object();
  if (step.doc_string != nullptr) {
    write_doc_string_argument(out, *step.doc_string, !both ? 0 : table_first ? 2 : 1);
  }
  if (step.table != nullptr) write_table_argument(out, *step.table, !both ? 0 : table_first ? 1 : 2);
  out.end_object();
}

void write_node_ids(Writer& out, const NodeIds& ids, const void* node, const gherkin::Row* row) {
  out.key("astNodeIds").begin_array().value(ids.of(node));
  if (row != nullptr) out.value(ids.of(row));
  out.end_array();
}

/// A step of a background is the same for every row.
bool is_of_background(const gherkin::Pickle& pickle, const gherkin::Step* step) {
  const auto& own = pickle.scenario->steps;
  return step < own.data() || step >= own.data() + own.size();
}

}  // namespace

std::string source_message(std::string_view uri, std::string_view text) {
  Writer out;
  out.begin_object().key("source").begin_object();
  out.member("data", text).member("uri", uri).member("mediaType", "text/x.cucumber.gherkin+plain");
  out.end_object().end_object();
  return out.take();
}

std::string document_message(std::string_view uri, const gherkin::Document& document, const NodeIds& ids) {
  Writer out;
  TreeWriter tree(out, ids);
  out.begin_object().key("gherkinDocument").begin_object();
  if (document.feature) {
    out.key("feature");
    tree.write(*document.feature);
  }
  out.key("comments").begin_array();
  for (const auto& comment : document.comments) tree.write(comment);
  out.end_array().member("uri", uri).end_object().end_object();
  return out.take();
}

std::string pickle_message(std::string_view uri, const gherkin::Feature& feature,
                           const gherkin::Pickle& pickle, const PickleIds& pickle_ids, const NodeIds& ids) {
  Writer out;
  out.begin_object().key("pickle").begin_object();
  out.member("id", pickle_ids.pickle).member("uri", uri);
  write_location(out, pickle.location);
  write_node_ids(out, ids, pickle.scenario, pickle.row);
  out.key("tags").begin_array();
  for (const auto* tag : pickle.tags) {
    out.begin_object().member("name", tag->name).member("astNodeId", ids.of(tag)).end_object();
  }
  out.end_array().member("name", pickle.name).member("language", feature.language);
  out.key("steps").begin_array();
  for (std::size_t i = 0; i < pickle.steps.size(); ++i) {
    const auto& step = pickle.steps[i];
    out.begin_object().member("id", pickle_ids.steps[i]).member("text", step.text);
    out.member("type", gherkin::name_of(step.type));
    write_arguments(out, step);
    write_node_ids(out, ids, step.step, is_of_background(pickle, step.step) ? nullptr : pickle.row);
    out.end_object();
  }
  out.end_array().end_object().end_object();
  return out.take();
}

std::string parse_error_message(std::string_view uri, const gherkin::ParseError& error) {
  Writer out;
  out.begin_object().key("parseError").begin_object();
  out.key("source").begin_object().member("uri", uri);
  // Other parsers go on to take the line of an unknown language for a comment, and those start in column 1.
  const bool is_comment = error.kind == gherkin::ParseError::Kind::unknown_language;
  write_location(out, is_comment ? Location{error.location.line, 1} : error.location);
  out.end_object().member("message", error.located_message()).end_object().end_object();
  return out.take();
}

}  // namespace executor::messages
