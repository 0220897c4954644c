// What a step's text says: which process, and which of the steps that cexec carries out itself. It must not
// know the platforms.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "executor/plan/plan.h"

namespace executor::plan {

struct StepText {
  std::optional<ProcessName> process;  ///< nothing if the text names none
  std::string_view command;            ///< what stands behind, or the whole text
  BuiltIn built_in = BuiltIn::none;
  std::int64_t exit_code = 0;
};

/// Takes "the 'writer' process writes frames" apart. The error says what is wrong with the text.
tl::expected<StepText, std::string> read_step_text(std::string_view text);

/// Letters, digits, '_', '-' and '.', the first of them a letter or digit, 63 at most: it becomes part of
/// names, labels and file names.
bool is_process_name(std::string_view name);

}  // namespace executor::plan
