// The grammar of Gherkin as a state machine over lines: which kinds of line may stand where. Internal to
// gherkin/; it must not know what is built from them.
#include "executor/gherkin/grammar.h"

#include <array>
#include <cstddef>

namespace executor::gherkin {
namespace {

using T = TokenType;

/// Before the feature's line, and behind any tags: little may stand there.
std::vector<Acceptable> before_title(const State& state) {
  const Block block = state.block == Block::start ? Block::feature : state.block;
  std::vector<Acceptable> list;
  if (state.block == Block::start && state.phase == Phase::title) {
    list = {{T::eof, block}, {T::language, block}};
  }
  list.insert(list.end(),
              {{T::tag_line, block}, {title_of(block), block}, {T::comment, block}, {T::empty, block}});
  return list;
}

/// The arguments and further steps that may follow within the block.
void add_inner(const State& state, std::vector<Acceptable>& list) {
  const Block block = state.block;
  const bool at_title = state.phase == Phase::title || state.phase == Phase::description;
  if (at_title && (block == Block::feature || block == Block::rule)) {
    list.push_back({T::background_line, Block::background});
  }
  if (block == Block::examples) list.push_back({T::table_row, block});
  if (state.phase == Phase::step || state.phase == Phase::table) {
    list.push_back({T::table_row, block});
    list.push_back({T::doc_string_separator, block});
  }
  if (state.phase == Phase::after_doc_string || state.phase == Phase::table_after_doc_string) {
    list.push_back({T::table_row, block});
  }
  if (block == Block::background || block == Block::scenario) list.push_back({T::step_line, block});
}

/// What begins the next block.
void add_next_blocks(const State& state, std::vector<Acceptable>& list) {
  const bool examples_may_follow = state.block == Block::scenario || state.block == Block::examples;
  if (examples_may_follow) list.push_back({T::tag_line, Block::examples});
  list.push_back({T::tag_line, Block::scenario});
  list.push_back({T::tag_line, Block::rule});
  if (examples_may_follow) list.push_back({T::examples_line, Block::examples});
  list.push_back({T::scenario_line, Block::scenario});
  list.push_back({T::rule_line, Block::rule});
}

std::vector<Acceptable> list_for(const State& state) {
  const Block block = state.block;
  if (block == Block::start || state.phase == Phase::tags || state.phase == Phase::language) {
    return before_title(state);
  }
  if (state.phase == Phase::doc_string || state.phase == Phase::doc_string_after_table) {
    return {{T::doc_string_separator, block}, {T::other, block}};
  }
  const bool at_title = state.phase == Phase::title || state.phase == Phase::description;
  std::vector<Acceptable> list{{T::eof, block}};
  if (state.phase == Phase::title) list.push_back({T::empty, block});
  if (at_title) list.push_back({T::comment, block});
  add_inner(state, list);
  add_next_blocks(state, list);
  if (at_title) {
    list.push_back({T::other, block});
  } else {
    list.push_back({T::comment, block});
    list.push_back({T::empty, block});
  }
  return list;
}

constexpr std::size_t kBlocks = static_cast<std::size_t>(Block::examples) + 1;
constexpr std::size_t kPhases = static_cast<std::size_t>(Phase::examples_table) + 1;
using Lists = std::array<std::array<std::vector<Acceptable>, kPhases>, kBlocks>;

Lists all_lists() {
  Lists lists;
  for (std::size_t block = 0; block < kBlocks; ++block) {
    for (std::size_t phase = 0; phase < kPhases; ++phase) {
      lists[block][phase] = list_for({static_cast<Block>(block), static_cast<Phase>(phase), false});
    }
  }
  return lists;
}

}  // namespace

TokenType title_of(Block block) {
  switch (block) {
    case Block::rule: return T::rule_line;
    case Block::background: return T::background_line;
    case Block::scenario: return T::scenario_line;
    case Block::examples: return T::examples_line;
    case Block::start:
    case Block::feature: break;
  }
  return T::feature_line;
}

const std::vector<Acceptable>& acceptable_in(const State& state) {
  static const Lists kLists = all_lists();
  return kLists[static_cast<std::size_t>(state.block)][static_cast<std::size_t>(state.phase)];
}

}  // namespace executor::gherkin
