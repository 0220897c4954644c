// The lines of a feature file as the parser recognized them, in the form of Gherkin's own test data. It must
// not know the tree.
#pragma once

#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "executor/gherkin/parser.h"

namespace executor::gherkin {

/// A line for each line of the file, "(4:5)StepLine:(Context)Given /a frame/", rows and tags with their
/// items:
/// "(5:7)TableRow://9:a,13:b"; the last one is "EOF". On failure: as parse().
tl::expected<std::string, std::vector<ParseError>> list_tokens(std::string text);

}  // namespace executor::gherkin
