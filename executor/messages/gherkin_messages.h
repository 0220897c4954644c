// Cucumber Messages about feature files: source, gherkinDocument, pickle, parseError. It must not know where
// they are written to, nor of any run.
#pragma once

#include <string>
#include <string_view>

#include "executor/gherkin/parser.h"
#include "executor/gherkin/pickle.h"
#include "executor/messages/node_ids.h"

namespace executor::messages {

/// Each gives one envelope, a JSON object on one line without its line end. All texts must be UTF-8. The
/// members are those of the schema of Cucumber Messages, in the order in which Gherkin's parsers write them.
std::string source_message(std::string_view uri, std::string_view text);
std::string document_message(std::string_view uri, const gherkin::Document& document, const NodeIds& ids);
std::string pickle_message(std::string_view uri, const gherkin::Feature& feature,
                           const gherkin::Pickle& pickle, const PickleIds& pickle_ids, const NodeIds& ids);
std::string parse_error_message(std::string_view uri, const gherkin::ParseError& error);

}  // namespace executor::messages
