// The tree that a feature file is: features, rules, scenarios, steps and their arguments, each with its
// place. It must not know how it is parsed, nor what a step means.
#pragma once

#include <cstdint>
#include <memory>
#include <memory_resource>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace executor::gherkin {

/// Both count from 1; columns count code points.
struct Location {
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  bool operator==(const Location&) const = default;
};

struct Comment {
  Location location;
  std::string_view text;  ///< the whole line
};

struct Tag {
  Location location;
  std::string_view name;  ///< with the '@'
};

struct Cell {
  Location location;
  std::string_view value;  ///< escapes resolved
};

struct Row {
  Location location;
  std::vector<Cell> cells;
};

struct DataTable {
  Location location;
  std::vector<Row> rows;  ///< all of one length
};

struct DocString {
  Location location;
  std::string_view content;  ///< lines joined by '\n', indentation and escapes resolved
  std::string_view delimiter;
  std::string_view media_type;  ///< empty if none
};

/// What a step's keyword says about its type. `*` is unknown, And and But are conjunctions.
enum class KeywordType : std::uint8_t { unknown, context, action, outcome, conjunction };

struct Step {
  Location location;
  std::string_view keyword;  ///< with the space that belongs to it
  KeywordType keyword_type = KeywordType::unknown;
  std::string_view text;
  std::unique_ptr<DataTable> table;       ///< null if none
  std::unique_ptr<DocString> doc_string;  ///< null if none
};

/// What every block with a title line has.
struct Heading {
  Location location;
  std::string_view keyword;  ///< without the colon
  std::string_view name;
  std::string_view description;  ///< lines joined by '\n', with their indentation
};

struct Background : Heading {
  std::vector<Step> steps;
};

struct Examples : Heading {
  std::vector<Tag> tags;
  std::optional<Row> header;
  std::vector<Row> body;
};

struct Scenario : Heading {
  std::vector<Tag> tags;
  std::vector<Step> steps;
  std::vector<Examples> examples;
};

struct Rule : Heading {
  std::vector<Tag> tags;
  std::optional<Background> background;
  std::vector<Scenario> scenarios;
};

struct Feature : Heading {
  std::string_view language;
  std::vector<Tag> tags;
  std::optional<Background> background;
  std::vector<Scenario> scenarios;
  std::vector<Rule> rules;  ///< all of them stand behind the scenarios
};

/// One parsed file. Owns the text that all views of the tree point into. Moving it keeps them valid.
struct Document {
  std::unique_ptr<const std::string> source;
  std::unique_ptr<std::pmr::monotonic_buffer_resource> arena;  ///< text that is not a slice of the source
  std::optional<Feature> feature;
  std::vector<Comment> comments;

  /// Keeps a copy of `text` for as long as the document lives.
  [[nodiscard]] std::string_view keep(std::string_view text) const;
};

}  // namespace executor::gherkin
