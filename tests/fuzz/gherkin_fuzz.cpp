// Fuzzes the way of a feature file from its bytes to tokens, tree, pickles and messages. It must not know
// what is right for an input; that is the business of tests/oracle.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/json.h"
#include "executor/gherkin/parser.h"
#include "executor/gherkin/pickle.h"
#include "executor/gherkin/token_list.h"
#include "executor/messages/gherkin_messages.h"
#include "executor/text/quote.h"
#include "tests/fuzz/require.h"

namespace {

using namespace executor;
using tests::require;
using tests::touch;

void check_table(const gherkin::DataTable& table) {
  require(!table.rows.empty(), "a table has rows");
  for (const auto& row : table.rows) {
    require(row.cells.size() == table.rows.front().cells.size(), "the rows of a table are of one length");
    for (const auto& cell : row.cells) touch(cell.value);
  }
}

void check_step(const gherkin::PickleStep& step) {
  touch(step.text);
  require(step.step != nullptr, "a step has its place in the tree");
  require(step.type != gherkin::KeywordType::conjunction, "a pickle's step is no conjunction");
  require((step.table == nullptr) == (step.step->table == nullptr), "a table stays where it is");
  require((step.doc_string == nullptr) == (step.step->doc_string == nullptr), "a doc string stays too");
  if (step.table != nullptr) check_table(*step.table);
  if (step.doc_string == nullptr) return;
  touch(step.doc_string->content);
  touch(step.doc_string->media_type);
}

void check_pickle(const gherkin::Pickle& pickle, std::uint32_t lines) {
  touch(pickle.name);
  require(pickle.scenario != nullptr, "a pickle has a scenario");
  require(pickle.location.line >= 1 && pickle.location.line <= lines, "a pickle stands within the file");
  require((pickle.row == nullptr) == pickle.scenario->examples.empty(), "examples give rows");
  for (const auto* tag : pickle.tags) require(tag->name.starts_with('@'), "a tag begins with '@'");
  for (const auto& step : pickle.steps) check_step(step);
}

void check_message(const std::string& message) {
  const auto json = base::json::parse(message);
  require(json && json->IsObject(), "a message is a JSON object");
  require(message.find('\n') == std::string::npos, "a message is one line");
}

/// Writing the messages reads all of the tree and of the pickles.
void check_messages(const gherkin::Document& document, const gherkin::Pickles& pickles) {
  const auto next_id = messages::counting_ids();
  const messages::NodeIds ids(document, next_id);
  check_message(messages::document_message("x.feature", document, ids));
  for (const auto& pickle : pickles.pickles) {
    const auto pickle_ids = messages::ids_for(pickle, next_id);
    check_message(messages::pickle_message("x.feature", *document.feature, pickle, pickle_ids, ids));
  }
}

void check_errors(const std::vector<gherkin::ParseError>& errors, std::uint32_t lines, bool is_utf8) {
  require(!errors.empty() && errors.size() <= 11, "a file that is not valid has 1 to 11 errors");
  for (const auto& error : errors) {
    require(error.location.line >= 1 && error.location.line <= lines, "an error stands within the file");
    require(!error.message().empty() && !error.explanation().empty(), "an error says what is wrong");
    if (is_utf8) check_message(messages::parse_error_message("x.feature", error));
  }
}

/// Messages are for text that is UTF-8, which everything else need not be.
void check(const std::string& text, bool is_utf8) {
  // The end of the file counts as a line of its own.
  const auto lines = static_cast<std::uint32_t>(std::count(text.begin(), text.end(), '\n') + 2);
  if (is_utf8) check_message(messages::source_message("x.feature", text));
  auto parsed = gherkin::parse(text);
  require(gherkin::list_tokens(text).has_value() == parsed.has_value(), "what has tokens has a tree");
  if (!parsed) return check_errors(parsed.error(), lines, is_utf8);
  const gherkin::Document document = std::move(*parsed);  // keeps all views valid
  for (const auto& comment : document.comments) touch(comment.text);
  const auto pickles = gherkin::compile(document);
  require(document.feature || pickles.pickles.empty(), "without a feature there is no pickle");
  for (const auto& pickle : pickles.pickles) check_pickle(pickle, lines);
  if (is_utf8) check_messages(document, pickles);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string text(data, data + size);
  const bool is_utf8 = text::valid_utf8_length(text) == text.size();
  check(text, is_utf8);
  if (is_utf8) return 0;
  text = text::valid_utf8(text);
  require(text::valid_utf8_length(text) == text.size(), "what was made UTF-8 is UTF-8");
  check(text, true);
  return 0;
}
