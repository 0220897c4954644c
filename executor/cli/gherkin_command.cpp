// `cexec gherkin`: what the parser makes of feature files.
#include "executor/cli/gherkin_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>

#include "executor/cli/feature_files.h"
#include "executor/cli/setup.h"
#include "executor/gherkin/parser.h"
#include "executor/gherkin/token_list.h"
#include "executor/messages/gherkin_messages.h"

namespace executor::cli {
namespace {

class Printer {
 public:
  explicit Printer(const GherkinArguments& arguments)
      : arguments_(arguments),
        next_id_(arguments.predictable_ids ? messages::counting_ids() : messages::random_ids()) {}

  /// False if the text is no valid Gherkin.
  bool print(const std::string& uri, std::string text) {
    if (arguments_.tokens) return print_tokens(uri, std::move(text));
    if (arguments_.source) std::cout << messages::source_message(uri, text) << '\n';
    if (!arguments_.ast && !arguments_.pickles) return true;
    const auto document = gherkin::parse(std::move(text));
    if (document) return print_document(uri, *document), true;
    for (const auto& error : document.error()) std::cout << messages::parse_error_message(uri, error) << '\n';
    return false;
  }

 private:
  void print_document(const std::string& uri, const gherkin::Document& document) {
    const messages::NodeIds ids(document, next_id_);
    if (arguments_.ast) std::cout << messages::document_message(uri, document, ids) << '\n';
    if (!arguments_.pickles) return;
    const auto pickles = gherkin::compile(document);
    for (const auto& pickle : pickles.pickles) {
      const auto pickle_ids = messages::ids_for(pickle, next_id_);
      std::cout << messages::pickle_message(uri, *document.feature, pickle, pickle_ids, ids) << '\n';
    }
  }

  static bool print_tokens(const std::string& uri, std::string text) {
    const auto tokens = gherkin::list_tokens(std::move(text));
    if (tokens) return std::cout << *tokens, true;
    for (const auto& error : tokens.error()) complain(place_and_explanation(uri, error));
    return false;
  }

  const GherkinArguments& arguments_;
  messages::IdSource next_id_;
};

}  // namespace

ExitCode gherkin_command(const GherkinArguments& arguments) {
  auto wanted = arguments;
  if (!wanted.source && !wanted.ast && !wanted.pickles) wanted.source = wanted.ast = wanted.pickles = true;
  Printer printer(wanted);
  auto code = ExitCode::all_passed;
  for (const auto& file : wanted.files) {
    auto content = read_feature_file(file);
    if (!content) complain(content.error());
    if (!content || !printer.print(file, std::move(content->text))) code = ExitCode::bad_input;
  }
  std::cout.flush();
  return code;
}

}  // namespace executor::cli
