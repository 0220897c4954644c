// The options that choose what runs, alike for every command that plans. It must not act on anything.
#pragma once

#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "executor/config/config.h"
#include "executor/plan/selection.h"

namespace CLI {
class App;
}

namespace executor::cli {

/// As the command line says it; the selection that it means needs the config, and files.
struct ChooseArguments {
  std::vector<std::string> paths;  ///< PATH, PATH:LINE or a pattern
  std::string from_file;           ///< of case ids; "-" is the standard input; empty: none
  std::vector<std::string> expressions;
  std::vector<std::string> tags;
  std::vector<std::string> names;
  std::vector<std::string> platforms;
  plan::Selection wishes;  ///< what needs neither config nor files
};

/// Adds the options to `app`; they write into `choose`, which must outlive it.
void add_choose_options(CLI::App& app, ChooseArguments& choose);

/// All but the paths and cases. The errors are messages for the user: each expression, pattern and platform
/// that is wrong.
tl::expected<plan::Selection, std::vector<std::string>> read_selection(const ChooseArguments& choose,
                                                                       const config::Config& config);

/// Takes an id like "features/x.feature:12 writer=python reader=cpp" apart, or one without its combination.
/// The error says what is wrong with it.
tl::expected<plan::WantedCase, std::string> read_case_id(std::string_view text);

/// The ids of a file, one a line; empty lines and those that begin with '#' do not count. Blocks until the
/// file ends. The errors are messages that name it and the line.
tl::expected<std::vector<plan::WantedCase>, std::vector<std::string>> read_case_ids(const std::string& file);

}  // namespace executor::cli
