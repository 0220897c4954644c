// The grammar of Gherkin as a state machine over lines: which kinds of line may stand where. Internal to
// gherkin/; it must not know what is built from them.
#pragma once

#include <cstdint>
#include <vector>

#include "executor/gherkin/token.h"

namespace executor::gherkin {

/// What the last title line opened.
enum class Block : std::uint8_t { start, feature, rule, background, scenario, examples };

/// Where within the block the parser stands.
enum class Phase : std::uint8_t {
  language,          ///< behind "# language:", before the feature's line
  tags,              ///< behind tags; the block is the one that they belong to
  title,             ///< behind the title line
  description,       ///< within the description
  step,              ///< behind a step line
  table,             ///< behind a row of a step's table that came first
  doc_string,        ///< within a step's doc string that came first
  after_doc_string,  ///< behind it
  table_after_doc_string,
  doc_string_after_table,
  after_both,  ///< behind a table and a doc string
  examples_table,
};

struct State {
  Block block = Block::start;
  Phase phase = Phase::title;
  bool in_rule = false;
};

/// A kind of line that may stand in a state. `opens` is the block that it begins (for tags: that they belong
/// to), or the state's own.
struct Acceptable {
  TokenType type;
  Block opens;
};

/// All kinds that may stand in `state`, in the order in which they are to be tried. A tag line may stand for
/// several blocks: the first one whose title follows it counts, the last one in any case. Thread-safe; the
/// list lives as long as the program.
const std::vector<Acceptable>& acceptable_in(const State& state);

/// The kind of line that is a block's title.
TokenType title_of(Block block);

}  // namespace executor::gherkin
